import Lifecycle

/// The run of a test: the test's values, and usual values for the rest.
struct FakeRun: Sendable {
    static let id = "20261122T101502Z-7f3a"

    private(set) var fields: [String: LuaValue] = [:]

    /// - Throws: ``LuaError`` for a field that `run` does not have, or gets elsewhere, or for a value of another kind.
    mutating func set(_ changes: LuaValue) throws {
        let elsewhere = ["error": "fake.event", "fs": "fake.fs", "vars": "fake.vars"]
        let names = API.runFields.map(\.name).filter { elsewhere[$0] == nil }
        guard let given = changes.fields else { throw LuaError("fake.run needs a table with names") }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            if let place = elsewhere[name] { throw LuaError("run.\(name) is set by \(place)") }
            guard let field = RunField(rawValue: name) else {
                let near = nearest(to: name, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
                throw LuaError("unknown field of run \"\(name)\"\(near)")
            }
            try FieldCheck.check(value, field.row, "run.\(name)")
            fields[name] = value.over(fields[name] ?? .none)
        }
    }

    /// The kind of run that the test says, or to which the point belongs.
    func kind(at point: FakePoint) -> RunKind {
        fields["kind"]?.text.flatMap(RunKind.init) ?? (point.step == .restore ? .restore : .backup)
    }

    private var isSnapshotOnly: Bool { fields["snapshot_only"]?.bool ?? false }

    /// The settings, with the usual ones of a run where the test says nothing.
    var config: LuaValue {
        let snapshotOnly = LuaValue.table(["snapshot_only": .bool(isSnapshotOnly)])
        return (fields["config"] ?? .table([:])).over(snapshotOnly.over(Samples.config))
    }

    func options(at point: FakePoint) -> EngineOptions {
        var options = EngineOptions()
        options.kind = kind(at: point)
        options.isDryRun = fields["dry_run"]?.bool ?? false
        options.isSnapshotOnly = fields["snapshot_only"]?.bool ?? false
        return options
    }

    var host: String { fields["host"]?.text ?? "db1" }
    var id: String { fields["id"]?.text ?? fields["set"]?["id"].text ?? Self.id }
    var started: Double { fields["started"]?.number ?? FakeClock.start }

    /// The step that the test says the run is at.
    var step: StepName? { fields["step"]?.text.flatMap(StepName.init) }

    /// The known fields at a point of the run: those that the test set as far as a run has it there, and usual values.
    ///
    /// - Throws: ``LuaError`` for a value that the field cannot have.
    func known(at point: FakePoint) throws -> RunFixture.Known {
        var known = RunFixture.Known()
        known.step = point.step
        known.server = try value(.server, Samples.server, at: point)
        if let volume = try value(.volume, Samples.volume, at: point) {
            known.location = Location(volume: volume, paths: try value(.paths, Samples.paths, at: point) ?? [])
        }
        let lock = try value(.lock, Samples.lock, at: point)
        known.lock = lock.map { Lock(plan: $0.plan, reason: $0.reason) }
        known.lock?.coordinates = try value(.coordinates, Samples.coordinates, at: point)
        known.isLockHeld = lock.map { $0.isHeld ?? point.isLockHeld } ?? false
        known.heldSeconds = known.isLockHeld ? nil : lock?.held
        known.snapshot = try value(.snapshot, Samples.snapshot, at: point).map {
            Snapshot(name: $0.name, device: $0.device, uuid: $0.uuid, release: Release($0.name) {})
        }
        known.isSnapshotReleased = point.isPast(.archive) && !isSnapshotOnly
        known.mount = try value(.mount, Samples.mount, at: point).map {
            Mount(path: $0.path, mountPoint: $0.mountPoint, release: Release($0.path) {})
        }
        known.isMountReleased = point.isPast(.archive)
        known.recovery = try value(.recovery, Samples.recovery, at: point).map {
            Recovery(clean: $0.clean, log: $0.log)
        }
        known.archive = try archive(at: point)
        known.set = try set(at: point)
        let kind = kind(at: point)
        if kind == .restore { known.request = try always(.restore, Samples.request) }
        known.restoration = kind == .restore && point.isDone(.restore) ? Samples.restoration : nil
        known.verification =
            kind == .verify
            ? try always(.verification, Samples.verification)
            : try value(.verification, Samples.verification, at: point)
        known.timings = try timings(point)
        known.warnings = (fields["warnings"]?.list ?? []).compactMap(\.text)
        return known
    }

    private func always<Value: Codable>(_ field: RunField, _ sample: Value) throws -> Value {
        try fields[field.rawValue]?.changing(sample, "run.\(field.rawValue)") ?? sample
    }

    private func value<Value: Codable>(_ field: RunField, _ sample: Value, at point: FakePoint) throws -> Value? {
        let given = fields[field.rawValue]
        let isBackup = kind(at: point) == .backup
        let isKnown = isBackup ? field.row.since.map(point.isDone) ?? true : field.isOfSet
        guard isKnown || point.isOpen && given != nil else { return nil }
        let there = isBackup ? given?.there(field.row.record, at: point) : given
        return try there?.changing(sample, "run.\(field.rawValue)") ?? sample
    }

    /// The archive, with the unfinished directory of its set.
    ///
    /// One elsewhere is a replacement's, and has none.
    private func archive(at point: FakePoint) throws -> ArchivedCopy? {
        let given = fields["set"]?["directory"].text
        let isGiven = point.isOpen && (given != nil || fields["archive"] != nil)
        guard kind(at: point) == .backup, point.isDone(.archive) || isGiven else { return nil }
        let copy = try fields["archive"]?.changing(Samples.archive, "run.archive") ?? Samples.archive
        let directory = given ?? "/backups/.\(id).partial"
        var known = ArchivedCopy(location: copy.location, bytes: copy.bytes, files: copy.files)
        guard fields["archive"]?["location"].isNone == false else {
            known.partialDirectory = directory
            return known
        }
        let isInside = copy.location.hasPrefix("\(directory)/")
        guard isInside || given == nil else {
            throw LuaError("run.archive.location is not below run.set.directory: set one of them")
        }
        if isInside {
            known.location.removeFirst(directory.utf8.count + 1)
            known.partialDirectory = directory
        }
        return known
    }

    /// The published set.
    ///
    /// Its directory is its location, but for a set that is no directory.
    private func set(at point: FakePoint) throws -> BackupSet? {
        guard kind(at: point) == .backup else { return try storedSet() }
        guard point.isDone(.publish) || point.isOpen && fields["set"]?["location"].isNone == false else { return nil }
        let given = fields["set"] ?? .none
        let location = given["location"].text ?? given["directory"].text ?? "/backups/\(id)"
        let hasDirectory = location.hasPrefix("/") && !isSnapshotOnly
        let manifest = given["manifest"].text ?? (hasDirectory ? "\(location)/manifest.json" : nil)
        return BackupSet(id: id, location: location, manifest: manifest)
    }

    /// The set of a restore or a verification.
    private func storedSet() throws -> BackupSet {
        var set = try always(.set, Samples.storedSet)
        if let directory = fields["set"]?["directory"].text { set.location = directory }
        return set
    }

    private func timings(_ point: FakePoint) throws -> [StepName: Double] {
        guard let given = fields["timings"]?.fields else {
            return Dictionary(uniqueKeysWithValues: kind(at: point).steps.filter(point.isDone).map { ($0, 1.5) })
        }
        return try Dictionary(
            uniqueKeysWithValues: given.map { name, seconds in
                guard let step = StepName(rawValue: name) else { throw LuaError("run.timings: no step \"\(name)\"") }
                return (step, seconds.number ?? 0)
            }
        )
    }
}
