import Lifecycle
import Synchronization

/// The effect of a call on a run: `fake.outcome`.
enum FakeOutcome: String, CaseIterable, Sendable {
    /// There was no call.
    case none
    case continued, skipped, vetoed, deferred, failed

    /// - Parameter answer: the answer of the call to the test.
    init(answer: LuaValue) {
        self =
            switch answer["verdict"].text {
            case "veto": .vetoed
            // A run that asks again in vain defers.
            case "defer", "retry": .deferred
            case "skip": .skipped
            default: .continued
            }
    }

    /// Of a call that raised an error.
    ///
    /// - Parameter hook: nil where it is not known.
    init(error: any Error, of hook: Registration?) {
        guard let hook, hook.verb == .after || hook.verb == .on else {
            self = .failed
            return
        }
        self = hook.failsRun && hook.idleOption == nil ? .failed : .continued
    }
}

extension CaseFixture {
    /// Does what a call of the test asks for, and notes what that comes to in a run.
    func noting(_ work: () async throws -> LuaValue) async throws -> LuaValue {
        do {
            let answer = try await work()
            state.withLock { $0.outcome = FakeOutcome(answer: answer) }
            return answer
        } catch {
            let provider = Failure(error).provider
            state.withLock { state in
                let hook = state.hooks?.registrations.first { $0.name == provider }
                state.outcome = FakeOutcome(error: error, of: hook)
            }
            throw error
        }
    }
}
