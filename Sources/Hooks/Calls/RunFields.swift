import Lifecycle

extension HookHost {
    /// A field of `run`, checked against the step from which on it is there.
    ///
    /// - Throws: ``LuaError``.
    func field(_ name: String, _ call: HookCall) throws -> LuaValue {
        guard let field = API.runFields.first(where: { $0.name == name }) else {
            throw LuaError("run has no field \"\(name)\"")
        }
        let value = try value(of: name, call)
        // A listener hears of runs that failed before; after a step it may ask for what was skipped.
        if value.isNone, call.verb != .on, call.verb != .after, let step = field.since {
            throw LuaError("run.\(name) exists from step \(step.rawValue) on")
        }
        return value
    }

    private func value(of name: String, _ call: HookCall) throws -> LuaValue {
        let run = call.run
        switch name {
        case "id": return .text(run.id)
        case "host": return .text(run.host)
        case "started": return .number(run.started)
        case "step": return run.step.map { .text($0.rawValue) } ?? .none
        case "dry_run": return .bool(run.isDryRun)
        case "snapshot_only": return .bool(run.isSnapshotOnly)
        case "config": return services.settings
        case "timings":
            return .table(Dictionary(uniqueKeysWithValues: run.timings.map { ($0.key.rawValue, .number($0.value)) }))
        case "warnings": return .list(run.warnings.map(LuaValue.text))
        case "error": return try error(of: call.event)
        default: return try result(name, run)
        }
    }

    /// What the step has found out or made, as the field of `run` says it.
    func result(of step: StepName, _ run: Run) throws -> LuaValue {
        switch step {
        case .connect: try result("server", run)
        case .locate: try result("volume", run)
        case .recover: try result("recovery", run)
        case .publish: try result("set", run)
        case .lock, .snapshot, .mount, .archive: try result(step.rawValue, run)
        case .preflight, .flush, .verify, .retain: .none
        }
    }

    private func result(_ name: String, _ run: Run) throws -> LuaValue {
        switch name {
        case "server": try run.server.map { try LuaValue(encoding: $0) } ?? .none
        case "volume": try run.location.map { try LuaValue(encoding: $0.volume) } ?? .none
        case "paths": try run.location.map { try LuaValue(encoding: $0.paths) } ?? .none
        case "lock": run.lock.map { lock($0, run) } ?? .none
        case "coordinates":
            try run.coordinates.map { try LuaValue(encoding: $0) } ?? (run.lock == nil ? .none : .table([:]))
        case "snapshot":
            run.snapshot.map {
                .table(["name": .text($0.name), "device": .text($0.device), "uuid": .text($0.uuid)])
            } ?? .none
        case "mount":
            run.mount.map { .table(["path": .text($0.path), "mount_point": .text($0.mountPoint)]) } ?? .none
        case "recovery":
            run.recovery.map { .table(["clean": .bool($0.clean), "log": $0.log.map(LuaValue.text) ?? .none]) } ?? .none
        case "archive":
            run.archived.map {
                .table([
                    "location": .text($0.location), "bytes": .integer($0.bytes), "files": .integer(Int64($0.files)),
                ])
            } ?? .none
        case "set": try run.set.map { try LuaValue(encoding: $0) } ?? .none
        default: .none
        }
    }

    private func lock(_ lock: Lock, _ run: Run) -> LuaValue {
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
