import Host
import Lifecycle
import Waiting

/// Runs the cases of test files, each in Lua states of its own.
package struct TestRunner: Sendable {
    /// How long the Lua code of a case may take.
    var limit = Duration.seconds(30)
    /// The time after which a case is left behind whose code does not return; hooks get their own time.
    var patience = Duration.seconds(60)

    private let rules: FilterRules

    package init() { self.init(rules: .none) }

    /// - Parameter rules: the demands of a run on filtered values.
    package init(rules: FilterRules) { self.rules = rules }

    /// Runs one file's cases in the order in which they stand there.
    ///
    /// - Parameters:
    ///   - pattern: only cases with this in their name; empty: all.
    ///   - tell: gets each case when it has ended.
    /// - Throws: ``HookError`` for a file that cannot be loaded, or has no case at all.
    package func run(
        _ files: TestFiles,
        only pattern: String = "",
        _ tell: (TestResult) -> Void
    ) async throws {
        let cases = try await cases(of: files)
        for one in cases where pattern.isEmpty || one.name.contains(pattern) {
            let start = ContinuousClock.now
            let failure = await failure(files, one.name)
            let seconds = (ContinuousClock.now - start).inSeconds
            tell(TestResult(path: files.path, name: one.name, line: one.line, seconds: seconds, failure: failure))
        }
    }

    private func cases(of files: TestFiles) async throws -> [(name: String, line: Int)] {
        let (limit, rules) = (limit, rules)
        do {
            let cases = try await apart {
                let state = TestState(files, rules: rules)
                try state.load(limit: limit)
                return state.cases
            }
            if cases.isEmpty { throw LuaError("it has no test(\"…\", function(fake) … end)") }
            return cases
        } catch {
            var placed = error as? LuaError ?? LuaError(Failure(error).message)
            placed.file = placed.file ?? files.test.fileName
            throw HookError.invalid(placed)
        }
    }

    private func failure(_ files: TestFiles, _ name: String) async -> TestFailure? {
        let (limit, rules) = (limit, rules)
        do {
            return try await apart {
                let state = TestState(files, rules: rules)
                try state.load(limit: limit)
                return state.run(name, limit: limit)
            }
        } catch {
            return TestFailure(message: Failure(error).message)
        }
    }

    /// Does `work` on a thread of its own, which is left behind if it does not return.
    private func apart<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        let answer = Promise<Value>()
        let patience = patience
        let alarm = Alarm(after: patience) { answer.give(.failure(HookLate.limit(patience))) }
        defer { alarm.cancel() }
        try SerialThread(name: "lua test").post { answer.give(Result { try work() }) }
        return try await answer.value
    }
}
