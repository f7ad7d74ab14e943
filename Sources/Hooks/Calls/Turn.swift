import Lifecycle
import Synchronization
import Waiting

/// One call into a hook file, from the request to the reply.
///
/// Three parties meet here. The caller's task waits for the reply. The file's thread runs the Lua code, and blocks where
/// that waits for an operation. Alarms and cancellations, on threads of their own, end the two: ``interrupt(_:)`` the
/// code and its operation, ``giveUp(_:)`` the wait of the caller.
final class Turn: Sendable {
    /// The reason why a call was ended early.
    enum Interruption: Sendable {
        case timedOut, cancelled
        /// For one of a greater rank.
        case madeWay
    }

    private struct State {
        /// The first one stays.
        var interruption: Interruption?
        /// Ends the Lua code; nil before it runs, and from its end on.
        var cancelLua: (@Sendable () -> Void)?
        /// Ends the operation that the code waits for.
        var endOperation: (@Sendable () -> Void)?
        /// When the code last got something done, or nil while it waits for an operation with a limit of its own.
        var lastSign: ContinuousClock.Instant? = .now
    }

    let rank: CallRank
    /// Counts from its beginning; nil: no limit of time.
    let limit: Duration?
    /// The call itself, for the file's thread.
    let work: @Sendable (Turn) throws -> LuaValue
    private let reply = Promise<LuaValue>()
    private let state = Mutex(State())

    init(_ rank: CallRank, limit: Duration?, _ work: @escaping @Sendable (Turn) throws -> LuaValue) {
        (self.rank, self.limit, self.work) = (rank, limit, work)
    }

    // MARK: The caller's task

    /// The reply, also where the caller was told to stop: it may hold the release of an acquired thing.
    var value: LuaValue { get async throws { try await reply.value } }

    // MARK: The file's thread

    /// - Parameter cancelLua: ends the file's Lua code; called while the turn lasts only.
    func begin(_ cancelLua: @escaping @Sendable () -> Void) {
        let isEnded = state.withLock { state in
            (state.cancelLua, state.lastSign) = (cancelLua, .now)
            return state.interruption != nil
        }
        if isEnded { cancelLua() }
    }

    /// Ends the Lua code from inside.
    func cancelLua() { state.withLock { $0.cancelLua?() } }

    /// Blocks, with `act` to end it from outside.
    func blocking<Value>(_ act: @escaping @Sendable () -> Void, _ work: () throws -> Value) rethrows -> Value {
        let isEnded = state.withLock { state in
            (state.endOperation, state.lastSign) = (act, nil)
            return state.interruption != nil
        }
        if isEnded { act() }
        defer { state.withLock { ($0.endOperation, $0.lastSign) = (nil, .now) } }
        return try work()
    }

    /// From now on nothing that belongs to the turn can be ended.
    func end() { state.withLock { ($0.cancelLua, $0.endOperation) = (nil, nil) } }

    /// Replies to the caller, which may have gone on.
    func finish(_ result: Result<LuaValue, any Error>) { reply.give(Result { try ended(with: result) }) }

    /// - Throws: the error of the result, or the reason why the call was ended early.
    private func ended(with result: Result<LuaValue, any Error>) throws -> LuaValue {
        // The result of an interrupted step may hold the release of an acquired thing; an event has no result to lose.
        guard let interruption = state.withLock({ $0.interruption }), rank == .event || (try? result.get()) == nil
        else { return try result.get() }
        var error = LuaError("")
        if case .failure(let cause) = result { error = cause as? LuaError ?? LuaError("\(cause)") }
        switch interruption {
        case .cancelled: throw CancellationError()
        case .timedOut: error.cause = .outOfTime
        case .madeWay: error.cause = .madeWay
        }
        throw error
    }

    // MARK: Any thread

    /// Ends the code, and the operation that it waits for; once the turn has ended it does nothing.
    func interrupt(_ interruption: Interruption) {
        let act = state.withLock { state -> (@Sendable () -> Void)? in
            state.interruption = state.interruption ?? interruption
            // Under the mutex, so that the file's next turn cannot have begun meanwhile.
            state.cancelLua?()
            return state.endOperation
        }
        act?()
    }

    /// Ends the caller's wait alone.
    func giveUp(_ error: any Error) { reply.give(.failure(error)) }

    /// How long the Lua code has been busy with itself.
    var silence: Duration { state.withLock { $0.lastSign.map { .now - $0 } } ?? .zero }
}
