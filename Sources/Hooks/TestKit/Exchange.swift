import Dispatch
import Synchronization
import Waiting

/// Questions that a hook's thread puts to its test's thread, which answers them while it waits for the hook.
final class Exchange: Sendable {
    private enum Item {
        case question([LuaValue], Promise<LuaValue>)
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
        let result = Promise<LuaValue>()
        state.withLock { $0.isOpen = true }
        Task.detached { [self] in
            do { result.give(.success(try await work())) } catch { result.give(.failure(error)) }
            state.withLock { $0.items.append(.done) }
            signal.signal()
        }
        while case .question(let arguments, let reply) = next() {
            reply.give(Result { try answering(arguments) })
        }
        close()
        return try result.wait()
    }

    /// From a task.
    func ask(_ arguments: LuaValue...) async throws -> LuaValue {
        try await put(arguments).value
    }

    /// From the hook's own thread.
    func askBlocking(_ arguments: LuaValue...) throws -> LuaValue {
        try put(arguments).wait()
    }

    private func put(_ arguments: [LuaValue]) -> Promise<LuaValue> {
        let reply = Promise<LuaValue>()
        let isTaken = state.withLock { state in
            if state.isOpen { state.items.append(.question(arguments, reply)) }
            return state.isOpen
        }
        if isTaken { signal.signal() } else { reply.give(.failure(LuaError("the test has gone on"))) }
        return reply
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
            reply.give(.failure(LuaError("the test has gone on")))
        }
    }
}
