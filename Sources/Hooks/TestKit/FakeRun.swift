import Lifecycle

/// The run of a test: what the test set, and usual values for the rest.
struct FakeRun: Sendable {
    static let id = "20261122T101502Z-7f3a"

    private(set) var fields: [String: LuaValue] = [:]

    /// - Throws: ``LuaError`` for what `run` does not have, or gets elsewhere.
    mutating func set(_ changes: LuaValue) throws {
        let elsewhere = ["error": "fake.event", "fs": "fake.fs", "vars": "fake.vars"]
        let names = API.runFields.map(\.name).filter { elsewhere[$0] == nil }
        for (name, value) in changes.fields ?? [:] {
            if let place = elsewhere[name] { throw LuaError("run.\(name) is set by \(place)") }
            guard names.contains(name) else {
                let near = nearest(to: name, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
                throw LuaError("unknown field of run \"\(name)\"\(near)")
            }
            fields[name] = value.over(fields[name] ?? .none)
        }
    }

    /// The kind of run that the test says, or to which the point belongs.
    func kind(at point: FakePoint) -> RunKind {
        fields["kind"]?.text.flatMap(RunKind.init) ?? (point.step == .restore ? .restore : .backup)
    }

    func options(at point: FakePoint) -> EngineOptions {
        var options = EngineOptions()
        options.kind = kind(at: point)
        options.isDryRun = fields["dry_run"]?.bool ?? false
        options.isSnapshotOnly = fields["snapshot_only"]?.bool ?? false
        return options
    }

    var host: String { fields["host"]?.text ?? "db1" }
    var id: String { fields["id"]?.text ?? Self.id }
    var started: Double { fields["started"]?.number ?? FakeClock.start }

    /// The step that the test says the run is at.
    var step: StepName? { fields["step"]?.text.flatMap(StepName.init) }

    /// What is known at a point of the run; what the test set is known everywhere.
    ///
    /// - Throws: ``LuaError`` for a field of a field that is not there.
    func known(at point: FakePoint) throws -> StagedRun.Known {
        var known = StagedRun.Known()
        let kind = kind(at: point)
        func value<Value: Codable>(_ name: String, _ sample: Value, from step: StepName) throws -> Value? {
            let isKnown = kind == .backup ? point.isDone(step) : RunField(rawValue: name)?.isOfSet == true
            guard let given = fields[name] else { return isKnown ? sample : nil }
            return try given.changing(sample, "run.\(name)")
        }
        known.step = point.step
        known.server = try value("server", Samples.server, from: .connect)
        if let volume = try value("volume", Samples.volume, from: .locate) {
            known.location = Location(volume: volume, paths: try value("paths", Samples.paths, from: .locate) ?? [])
        }
        let lock = try value("lock", Samples.lock, from: .lock)
        known.lock = lock.map { Lock(plan: $0.plan, reason: $0.reason) }
        known.lock?.coordinates = try value("coordinates", Samples.coordinates, from: .lock)
        known.isLockHeld = point.isLockHeld && lock != nil
        known.heldSeconds = known.isLockHeld ? nil : lock?.held
        known.snapshot = try value("snapshot", Samples.snapshot, from: .snapshot).map {
            Snapshot(name: $0.name, device: $0.device, uuid: $0.uuid, release: Release($0.name) {})
        }
        known.mount = try value("mount", Samples.mount, from: .mount).map {
            Mount(path: $0.path, mountPoint: $0.mountPoint, release: Release($0.path) {})
        }
        known.recovery = try value("recovery", Samples.recovery, from: .recover).map {
            Recovery(clean: $0.clean, log: $0.log)
        }
        known.archive = try value("archive", Samples.archive, from: .archive).map {
            ArchivedCopy(location: $0.location, bytes: $0.bytes, files: $0.files)
        }
        known.archive?.partialDirectory = fields["archive"] == nil ? Samples.partialDirectory : nil
        known.set = try value("set", kind == .backup ? Samples.set : Samples.storedSet, from: .publish)
        if kind == .restore { known.request = try always("restore", Samples.request) }
        known.restoration = kind == .restore && point.isDone(.restore) ? Samples.restoration : nil
        known.verification =
            kind == .verify
            ? try always("verification", Samples.verification)
            : try value("verification", Samples.verification, from: .verify)
        known.timings = try timings(point)
        known.warnings = (fields["warnings"]?.list ?? []).compactMap(\.text)
        return known
    }

    private func always<Value: Codable>(_ name: String, _ sample: Value) throws -> Value {
        try fields[name]?.changing(sample, "run.\(name)") ?? sample
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

/// Where a run stands when a hook is called.
struct FakePoint: Sendable {
    /// The step that is being done.
    var step: StepName?
    /// The steps before this one are done; nil: all are.
    var next: StepName?
    var isLockHeld = false

    func isDone(_ step: StepName) -> Bool { next.map { step < $0 } ?? true }

    /// Before or in a step.
    static func before(_ step: StepName) -> FakePoint {
        FakePoint(step: step, next: step, isLockHeld: step == .snapshot)
    }

    static func after(_ step: StepName) -> FakePoint {
        let next = StepName.allCases.first { $0 > step }
        return FakePoint(step: step, next: next, isLockHeld: step == .lock)
    }
}
