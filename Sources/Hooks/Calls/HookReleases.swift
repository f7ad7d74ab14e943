import Lifecycle

extension HookHost {
    /// A release as a hook wrote it: data, a function, or both.
    ///
    /// - Parameter patience: how long the function may take without a time from the hook; nil: as long as the data
    ///   form.
    /// - Throws: ``LuaError`` for a release that does nothing.
    func makeRelease(_ value: LuaValue, name: String, patience: Duration? = nil, _ call: HookCall) throws -> Release {
        if let number = value["process"].integer {
            return try process(.integer(number)).release(name, isUrgent: call.target == StepName.lock.rawValue)
        }
        let undo = Release.Undo(value)
        let function = value["call"]["call"].integer
        let given = value["timeout"].number.map { Duration.seconds($0) }
        let (deadline, repair) = (given ?? .seconds(60), value["repair"].text)
        let handler = function.map { function -> @Sendable () async throws -> Void in
            let limit = given ?? patience ?? deadline
            let attempt = invoke(function, call, limit: limit)
            // A function that ignores its time is left behind later than the next part is tried.
            return { try await bounded(by: limit, attempt) }
        }
        if let undo { return Release(name, undo: undo, deadline: deadline, repair: repair, handler: handler) }
        guard let handler else { throw LuaError("the release of \"\(name)\" needs exec, sql or a function") }
        return Release(name, deadline: deadline, repair: repair, handler: handler)
    }

    /// A call of a function that the hook handed over.
    func invoke(_ function: Int64, _ call: HookCall, limit: Duration) -> @Sendable () async throws -> Void {
        var later = call
        later.isRelease = true
        return { [weak state, later] in
            guard let state else { throw LuaError("its file is gone") }
            do {
                _ = try await state.call([.text("invoke"), .integer(function)], limit: limit, within: later)
            } catch is DryRunEnd {
                // The act was only printed.
            }
        }
    }
}
