import Lifecycle

extension HookState {
    /// A release as a hook wrote it: data, a function, or both.
    ///
    /// - Parameter patience: how long the function may take without a time from the hook; nil: as long as the data
    ///   form.
    /// - Throws: ``LuaError`` for a release that does nothing.
    func release(_ value: LuaValue, name: String, patience: Duration? = nil, _ call: HookCall) throws -> Release {
        if let number = value["process"].integer {
            return try processes.process(.integer(number)).release(
                name,
                isUrgent: call.target == StepName.lock.rawValue
            )
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
        return { [weak self, later] in
            guard let self else { throw LuaError("its file is gone") }
            do {
                _ = try await self.call([.text("invoke"), .integer(function)], limit: limit, within: later)
            } catch is DryRunEnd {
                // The act was only printed.
            }
        }
    }
}

extension Release.Undo {
    /// - Returns: nil for a release without a data form.
    init?(_ value: LuaValue) {
        if let words = value["exec"].list?.compactMap(\.text), !words.isEmpty {
            self = .exec(words)
        } else if let statement = value["sql"].text {
            self = .sql(statement)
        } else {
            return nil
        }
    }
}
