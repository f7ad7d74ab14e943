import Dispatch
import Host
import Lifecycle
import Synchronization

/// One hook file's Lua state, on a thread of its own.
///
/// Calls get their turns by rank. A call that does not return in time is left behind together with its state: no other
/// thread touches Lua, and no caller waits for it.
final class HookState: Sendable {
    /// The memory that Lua code may allocate, in bytes.
    static let memoryLimit = 64 << 20
    /// How long the file's own level may take.
    static let loadLimit = Duration.seconds(5)
    /// How long the code of a call without a limit may be busy with itself.
    static let silence = Duration.seconds(15 * 60)
    /// Kept for ever: a busy thread still uses its state.
    private static let leftBehind = Mutex<[Runner]>([])

    let file: HookFile
    private let thread: SerialThread
    let host: HookHost
    private let runner: Runner
    private let queue = Mutex(CallQueue())

    /// The objects of the thread.
    ///
    /// Unchecked: only jobs of the thread touch it, and the thread runs one at a time.
    private final class Runner: @unchecked Sendable {
        var lua: LuaState?
        var dispatch: LuaState.Function?
    }

    init(_ file: HookFile, host: HookHost) {
        self.file = file
        self.host = host
        thread = SerialThread(name: "lua")
        runner = Runner()
    }

    var isAbandoned: Bool { queue.withLock { $0.isAbandoned } }

    /// Loads the file; its registrations are with the host then.
    ///
    /// - Throws: ``LuaError``, ``HookLate``.
    func load(limit: Duration = HookState.loadLimit) async throws {
        _ = try await perform(.step, limit: limit) { [file, host] runner, _ in
            let lua = try LuaState(memory: Self.memoryLimit) { try host.answer($0, $1) }
            runner.lua = lua
            let cancel = lua.cancel
            host.cancelLua.withLock { $0 = cancel }
            host.lineOfCall = { [unowned lua] in lua.line }
            runner.dispatch = try Prelude.hooks.load(into: lua)
            lua.limit(limit)
            return try Self.dispatch(runner, [.text("load"), .text(file.text), .text("@\(file.fileName)")])
        }
    }

    /// Calls a hook, or a function that it handed over.
    ///
    /// - Parameter limit: counts from when the call gets its turn; nil: no limit of time.
    /// - Throws: ``LuaError``, ``HookLate``, ``DryRunEnd``; `CancellationError` where the caller was told to stop.
    func call(_ arguments: [LuaValue], limit: Duration?, within call: HookCall) async throws -> LuaValue {
        try await perform(call.rank, limit: limit, patience: call.patience) { [self] runner, ticket in
            guard let lua = runner.lua else { throw LuaError("the file was not loaded") }
            lua.limit(limit)
            host.begin(call, ticket, limit: limit)
            defer { host.end() }
            // It may have been interrupted before it was known to the host.
            if queue.withLock({ $0.running?.interruption != nil }) { host.interrupt(ticket) }
            let result = Result { try Self.dispatch(runner, arguments) }
            if host.isEndedByDryRun { throw DryRunEnd() }
            do { return host.hidden(try result.get()) } catch {
                guard host.isLate, var late = error as? LuaError else { throw host.secrets.hidden(in: error) }
                late.cause = .outOfTime
                throw late
            }
        }
    }

    private static func dispatch(_ runner: Runner, _ arguments: [LuaValue]) throws -> LuaValue {
        guard let lua = runner.lua, let dispatch = runner.dispatch else { throw LuaError("the file was not loaded") }
        return try lua.call(dispatch, arguments)
    }

    // MARK: Turns

    private func perform(
        _ rank: CallRank,
        limit: Duration?,
        patience: Duration? = nil,
        _ work: @escaping @Sendable (_ runner: Runner, _ ticket: Int) throws -> LuaValue
    ) async throws -> LuaValue {
        let (answers, answer) = AsyncThrowingStream.makeStream(of: LuaValue.self)
        let ticket = try queue.withLock { queue in
            try queue.enter(rank) { ticket in
                self.run(ticket, limit: limit, answer) { try work(self.runner, ticket) }
            } giveUp: {
                answer.finish(throwing: $0)
            }
        }
        try post(ticket, patience)
        // The reply counts also where the caller was told to stop: it may hold the release of an acquired thing.
        let reply = Task.detached {
            for try await value in answers { return value }
            throw CancellationError()
        }
        return try await withTaskCancellationHandler {
            try await reply.value
        } onCancel: {
            cancel(ticket)
        }
    }

    /// Wakes the thread, and removes obstacles to the call.
    private func post(_ ticket: Int, _ patience: Duration?) throws {
        do {
            try thread.post { [self] in
                guard let call = queue.withLock({ $0.next() }) else { return }
                call.start(call.ticket)
            }
        } catch {
            _ = queue.withLock { $0.withdraw(ticket) }
            throw error
        }
        guard let patience, queue.withLock({ $0.obstacle(of: ticket) }) != nil else { return }
        _ = Alarm(after: patience) { self.makeWay(for: ticket) }
    }

    private func run(
        _ ticket: Int,
        limit: Duration?,
        _ answer: AsyncThrowingStream<LuaValue, any Error>.Continuation,
        _ work: () throws -> LuaValue
    ) {
        let alarms = alarms(ticket, limit)
        let result = Result { try work() }
        for alarm in alarms { alarm.cancel() }
        guard let call = queue.withLock({ $0.leave(ticket) }) else { return }
        do {
            answer.yield(try call.ended(with: result))
            answer.finish()
        } catch {
            answer.finish(throwing: error)
        }
    }

    // MARK: Calls that are ended

    /// Ends a call that has timed out: first its effects and its code, then the wait for it.
    private func alarms(_ ticket: Int, _ limit: Duration?) -> [Alarm] {
        guard let limit else { return [Alarm(after: Self.silence) { self.listen(to: ticket) }] }
        return [
            Alarm(after: limit) { self.interrupt(ticket, .timedOut) },
            Alarm(after: limit + host.services.grace) { self.abandon(ticket, .limit(limit)) },
        ]
    }

    /// Of a call without a limit: ends it where its code has long been busy with itself.
    private func listen(to ticket: Int) {
        guard queue.withLock({ $0.running?.ticket == ticket }) else { return }
        if host.silence >= Self.silence {
            interrupt(ticket, .timedOut)
            abandon(ticket, .limit(Self.silence))
        } else {
            _ = Alarm(after: .seconds(60)) { self.listen(to: ticket) }
        }
    }

    /// Interrupts the call of a lesser rank that keeps this one waiting.
    private func makeWay(for ticket: Int) {
        guard let obstacle = queue.withLock({ $0.obstacle(of: ticket) }) else { return }
        interrupt(obstacle, .madeWay)
        _ = Alarm(after: host.services.grace) { self.abandon(obstacle, .inTheWay) }
    }

    private func cancel(_ ticket: Int) {
        if let call = queue.withLock({ $0.withdraw(ticket) }) {
            call.giveUp(CancellationError())
        } else {
            interrupt(ticket, .cancelled)
        }
    }

    private func interrupt(_ ticket: Int, _ interruption: CallQueue.Interruption) {
        if queue.withLock({ $0.interrupt(ticket, interruption) }) { host.interrupt(ticket) }
    }

    /// All callers that wait for the state go on without it.
    private func abandon(_ ticket: Int, _ error: HookLate) {
        guard let abandoned = queue.withLock({ $0.abandon(ticket) }) else { return }
        Self.leftBehind.withLock { $0.append(runner) }
        abandoned.late.giveUp(error)
        for call in abandoned.waiting { call.giveUp(HookLate.before) }
    }
}

extension HookCall {
    fileprivate var rank: CallRank { isRelease ? .release : verb == .on ? .event : .step }

    /// How long it waits for a call of a lesser rank; nil: to that one's end.
    fileprivate var patience: Duration? {
        switch rank {
        case .event: nil
        case .step: run.isLockHeld ? .milliseconds(100) : nil
        case .release: run.isLockHeld ? .milliseconds(100) : .seconds(2)
        }
    }
}

extension CallQueue.Running {
    /// The result of the call.
    ///
    /// - Throws: its error, or the reason why it was ended early.
    fileprivate func ended(with result: Result<LuaValue, any Error>) throws -> LuaValue {
        // The result of an interrupted step may hold the release of an acquired thing; an event has no result to lose.
        guard let interruption, rank == .event || (try? result.get()) == nil else { return try result.get() }
        var error = LuaError("")
        if case .failure(let cause) = result { error = cause as? LuaError ?? LuaError("\(cause)") }
        switch interruption {
        case .cancelled: throw CancellationError()
        case .timedOut: error.cause = .outOfTime
        case .madeWay: error.cause = .madeWay
        }
        throw error
    }
}

/// A hook did not return, and was left behind.
enum HookLate: Error, Equatable, CustomStringConvertible {
    case limit(Duration)
    /// It was in the way of a release, and did not let itself be interrupted.
    case inTheWay
    /// Its file had been left behind before.
    case before

    var description: String {
        switch self {
        case .limit(let limit): "it did not return within \(limit.inSeconds.formatted) s"
        case .inTheWay: "it did not return, and a release of its file had to go without it"
        case .before: "its file was left behind before"
        }
    }
}
