import Dispatch
import Synchronization

/// Questions that a hook's thread puts to its test's thread, which answers them while it waits for the hook.
final class Exchange: Sendable {
    typealias Reply = @Sendable (Result<LuaValue, any Error>) -> Void

    private enum Item {
        case question([LuaValue], Reply)
        case done
    }

    private struct State {
        var items: [Item] = []
        var isOpen = false
    }

    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)

    /// On the test's thread: does `work` elsewhere, and answers its questions until it is done.
    ///
    /// - Throws: the error of `work`.
    func serve(
        _ work: @escaping @Sendable () async throws -> LuaValue,
        answering: ([LuaValue]) throws -> LuaValue
    ) throws -> LuaValue {
        let result = Mutex<Result<LuaValue, any Error>>(.failure(CancellationError()))
        state.withLock { $0.isOpen = true }
        Task.detached { [self] in
            let outcome: Result<LuaValue, any Error>
            do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            state.withLock { $0.items.append(.done) }
            signal.signal()
        }
        while case .question(let arguments, let reply) = next() { reply(Result { try answering(arguments) }) }
        close()
        return try result.withLock { $0 }.get()
    }

    /// From a task.
    func ask(_ arguments: LuaValue...) async throws -> LuaValue {
        try await withCheckedThrowingContinuation { continuation in
            put(arguments) { continuation.resume(with: $0) }
        }
    }

    /// From the hook's own thread.
    func askBlocking(_ arguments: LuaValue...) throws -> LuaValue {
        let answer = Mutex<Result<LuaValue, any Error>>(.failure(CancellationError()))
        let answered = DispatchSemaphore(value: 0)
        put(arguments) { given in
            answer.withLock { $0 = given }
            answered.signal()
        }
        answered.wait()
        return try answer.withLock { $0 }.get()
    }

    private func put(_ arguments: [LuaValue], _ reply: @escaping Reply) {
        let isTaken = state.withLock { state in
            if state.isOpen { state.items.append(.question(arguments, reply)) }
            return state.isOpen
        }
        if isTaken { signal.signal() } else { reply(.failure(LuaError("the test has gone on"))) }
    }

    private func next() -> Item {
        signal.wait()
        return state.withLock { $0.items.removeFirst() }
    }

    /// Questions of a hook that was left behind are not answered any more.
    private func close() {
        let left = state.withLock { state in
            defer { state = State() }
            return state.items
        }
        for case .question(_, let reply) in left {
            signal.wait()
            reply(.failure(LuaError("the test has gone on")))
        }
    }
}
