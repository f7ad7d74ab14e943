extension HookTable {
    /// Runs the hooks that filter the value, in order; each may change it.
    ///
    /// - Throws: the error of one of them, with its name.
    func filter<Value: Sendable>(_ name: FilterName, _ value: Value, _ run: Run) async throws -> Value {
        var value = value
        for change in changes[name] ?? [] {
            do {
                let before = value
                let asked = HookTrace.Asked("filter", change.name, change.place)
                let answer = { (after: any Sendable) in "\(before)" == "\(after)" ? "unchanged" : "changed" }
                let changed = try await traced(trace, run.step, asked, answer) {
                    try await self.apply(change, before, run)
                }
                if let changed = changed as? Value { value = changed }
            } catch is DryRunEnd {
                // The hook has logged the effect that it left out; the value stays.
            } catch {
                var failure = Failure(error)
                failure.name(change.name, change.place)
                throw failure
            }
        }
        return value
    }

    private func apply(_ change: Change, _ value: any Sendable, _ run: Run) async throws -> any Sendable {
        let limit = change.limit == .engine ? hookTimeout : nil
        return try await bounded(by: limit, grace: .seconds(5)) { try await change.apply(run, value) }
    }
}
