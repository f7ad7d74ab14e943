import Lifecycle

/// The fields of `run`, as hooks see them.
struct RunFields {
    private let run: Run
    private let settings: LuaValue

    init(of run: Run, _ services: HookServices) { (self.run, settings) = (run, services.settings) }

    /// A field of `run`, checked against the step from which on it is there.
    ///
    /// - Throws: ``LuaError``.
    func field(_ name: String, _ hook: HookCall) throws -> LuaValue {
        guard let field = RunField(rawValue: name) else { throw LuaError("run has no field \"\(name)\"") }
        let value = try value(of: field, hook.event)
        // A listener hears of runs that failed before; after a step it may ask for what was skipped.
        if value.isNone, hook.verb != .on, hook.verb != .after, let step = field.row.since {
            if let end = end(of: field) { throw LuaError("run.\(name) is gone: \(end)") }
            guard run.kind.steps.contains(step) else {
                throw LuaError(
                    "run.\(name) is not there in a run of the kind \"\(run.kind.rawValue)\": see run.kind"
                )
            }
            throw LuaError("run.\(name) is there after step \(step.rawValue)")
        }
        return value
    }

    private func value(of field: RunField, _ event: Event? = nil) throws -> LuaValue {
        switch field {
        case .id: .text(run.id)
        case .kind: .text(run.kind.rawValue)
        case .host: .text(run.host)
        case .started: .number(run.started)
        case .step: run.step.map { .text($0.rawValue) } ?? .none
        case .dryRun: .bool(run.isDryRun)
        case .snapshotOnly: .bool(run.isSnapshotOnly)
        case .config: settings
        case .timings:
            .table(Dictionary(uniqueKeysWithValues: run.timings.map { ($0.key.rawValue, .number($0.value)) }))
        case .warnings: .list(run.warnings.map(LuaValue.text))
        case .error: try error(of: event)
        case .server: try run.server.map { try LuaValue(encoding: $0) } ?? .none
        case .volume: try run.location.map { try LuaValue(encoding: $0.volume) } ?? .none
        case .paths: try run.location.map { try LuaValue(encoding: $0.paths) } ?? .none
        case .lock: run.lock.map { lock($0) } ?? .none
        case .coordinates:
            try run.coordinates.map { try LuaValue(encoding: $0) } ?? (run.lock == nil ? .none : .table([:]))
        case .snapshot: run.isSnapshotReleased ? .none : run.snapshot.map(snapshot) ?? .none
        case .mount: run.isMountReleased ? .none : run.mount.map(mount) ?? .none
        case .recovery: run.recovery.map(recovery) ?? .none
        case .archive: run.archive.map(archive) ?? .none
        case .set: set
        case .restore: try run.restore.map { try LuaValue(encoding: $0) } ?? .none
        case .verification: try run.verification.map { try LuaValue(encoding: $0) } ?? .none
        // The prelude answers these by itself.
        case .vars, .fs: .none
        }
    }

    /// Why a field is not there any more; nil where it never was.
    private func end(of field: RunField) -> String? {
        switch field {
        case .snapshot where run.isSnapshotReleased: "the snapshot was removed"
        case .mount where run.isMountReleased: "the snapshot was unmounted"
        default: nil
        }
    }

    /// The result of the step, as the field of `run` holds it.
    func result(of step: StepName) throws -> LuaValue {
        guard let name = step.rule.result else { return .none }
        if let field = RunField(rawValue: name) { return try value(of: field) }
        return switch step {
        case .retain: try run.retention.map { try LuaValue(encoding: $0) } ?? .none
        case .restore: try run.restoration.map { try LuaValue(encoding: $0) } ?? .none
        default: .none
        }
    }

    private func snapshot(_ snapshot: Snapshot) -> LuaValue {
        .table(["name": .text(snapshot.name), "device": .text(snapshot.device), "uuid": .text(snapshot.uuid)])
    }

    private func mount(_ mount: Mount) -> LuaValue {
        .table(["path": .text(mount.path), "mount_point": .text(mount.mountPoint)])
    }

    private func recovery(_ recovery: Recovery) -> LuaValue {
        .table(["clean": .bool(recovery.clean), "log": recovery.log.map(LuaValue.text) ?? .none])
    }

    private func archive(_ copy: ArchivedCopy) -> LuaValue {
        // In a set it is a file's name.
        let location = copy.partialDirectory.map { "\($0)/\(copy.location)" } ?? copy.location
        return .table([
            "location": .text(location), "bytes": copy.bytes.map(LuaValue.integer) ?? .none,
            "files": copy.files.map { .integer(Int64($0)) } ?? .none,
        ])
    }

    private var set: LuaValue {
        if let set = run.set {
            let directory = set.manifest == nil ? LuaValue.none : .text(set.location)
            return .table([
                "id": .text(set.id), "location": .text(set.location), "directory": directory,
                "manifest": set.manifest.map(LuaValue.text) ?? .none,
                "host": set.host.map(LuaValue.text) ?? .none,
                "created": set.created.map(LuaValue.number) ?? .none,
            ])
        }
        guard let copy = run.archive else { return .none }
        return .table(["id": .text(run.id), "directory": copy.partialDirectory.map(LuaValue.text) ?? .none])
    }

    private func lock(_ lock: Lock) -> LuaValue {
        .table([
            "plan": .text(lock.plan), "reason": .text(lock.reason), "is_held": .bool(run.isLockHeld),
            "held": run.lockHeldSeconds.map(LuaValue.number) ?? .none,
        ])
    }

    private func error(of event: Event?) throws -> LuaValue {
        switch event?.fact {
        case .failed(let failure), .vetoed(let failure), .deferred(let failure): try LuaValue(encoding: failure)
        case .finished(let outcome): try outcome.failure.map { try LuaValue(encoding: $0) } ?? .none
        default: .none
        }
    }
}
