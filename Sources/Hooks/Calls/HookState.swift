import Dispatch
import Host
import Lifecycle
import Synchronization

/// One hook file's Lua state, on a thread of its own with a mailbox.
///
/// A call that does not come back in time is left behind together with its state: nothing of Lua is touched from
/// another thread, and nobody waits for it.
final class HookState: Sendable {
    /// What Lua code may allocate.
    static let memoryLimit = 64 << 20
    /// What a late call gets for its own error before it is left behind.
    private static let grace = Duration.seconds(1)
    /// How long the code of a call without a limit may be busy with itself.
    private static let silence = Duration.seconds(15 * 60)

    private struct Status {
        var isAbandoned = false
        var waiting: [Int: @Sendable (any Error) -> Void] = [:]
        var next = 0
    }

    let file: HookFile
    private let thread: SerialThread
    let host: HookHost
    private let runner: Runner
    private let status = Mutex(Status())

    /// What lives on the thread. Unchecked: only jobs of the thread touch it, and the thread runs one at a time.
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

    var isAbandoned: Bool { status.withLock { $0.isAbandoned } }

    /// Loads the file; its registrations are with the host then.
    ///
    /// - Throws: ``LuaError``, ``HookLate``.
    func load(limit: Duration = .seconds(5)) async throws {
        _ = try await perform(limit: limit) { [file, host] runner in
            let lua = try LuaState(memory: Self.memoryLimit) { try host.answer($0, $1) }
            runner.lua = lua
            let cancel = lua.cancel
            host.cancelLua.withLock { $0 = cancel }
            host.lineOfCall = { [unowned lua] in lua.line }
            runner.dispatch = try lua.run(Prelude.text, name: Prelude.name, passingHost: true, [API.asValue])
            lua.limit(limit)
            return try Self.dispatch(runner, [.text("load"), .text(file.text), .text("@\(file.fileName)")])
        }
    }

    /// Calls a hook, or a function that it handed over.
    ///
    /// - Parameter limit: nil: no limit of time.
    /// - Throws: ``LuaError``, ``HookLate``; what the run's cancellation is answered with.
    func call(_ arguments: [LuaValue], limit: Duration?, within call: HookCall) async throws -> LuaValue {
        try await perform(limit: limit) { [host] runner in
            guard let lua = runner.lua else { throw LuaError("the file was not loaded") }
            lua.limit(limit)
            host.begin(call)
            defer { host.end() }
            return try Self.dispatch(runner, arguments)
        }
    }

    private static func dispatch(_ runner: Runner, _ arguments: [LuaValue]) throws -> LuaValue {
        guard let lua = runner.lua, let dispatch = runner.dispatch else { throw LuaError("the file was not loaded") }
        return try lua.call(dispatch, arguments)
    }

    // MARK: The mailbox

    private func perform(
        limit: Duration?,
        _ work: @escaping @Sendable (Runner) throws -> LuaValue
    ) async throws -> LuaValue {
        let (answers, answer) = AsyncThrowingStream.makeStream(of: LuaValue.self)
        let ticket = try enter { answer.finish(throwing: $0) }
        try thread.post { [self] in
            guard !isAbandoned else { return }
            let alarms = alarms(limit)
            let result = Result { try work(runner) }
            for alarm in alarms { alarm.cancel() }
            guard leave(ticket) else { return }
            if case .success(let value) = result { answer.yield(value) }
            if case .failure(let error) = result { answer.finish(throwing: error) }
            answer.finish()
        }
        // The reply counts also where the caller was told to stop: it may hold the release of what was acquired.
        let reply = Task.detached {
            for try await value in answers { return value }
            throw CancellationError()
        }
        return try await withTaskCancellationHandler {
            try await reply.value
        } onCancel: {
            host.interrupt()
        }
    }

    /// What ends a call that is late: first its effects and its code, then the wait for it.
    private func alarms(_ limit: Duration?) -> [Alarm] {
        guard let limit else { return [Alarm(after: Self.silence) { self.listen() }] }
        return [
            Alarm(after: limit) { self.host.interrupt() },
            Alarm(after: limit + Self.grace) { self.abandon(HookLate(limit: limit)) },
        ]
    }

    /// Of a call without a limit: ends it where its code has long been busy with itself.
    private func listen() {
        guard status.withLock({ !$0.waiting.isEmpty }) else { return }
        if host.silence >= Self.silence {
            host.interrupt()
            abandon(HookLate(limit: Self.silence))
        } else {
            _ = Alarm(after: .seconds(60)) { self.listen() }
        }
    }

    private func enter(_ giveUp: @escaping @Sendable (any Error) -> Void) throws -> Int {
        try status.withLock { status in
            guard !status.isAbandoned else { throw HookLate(limit: nil) }
            status.next += 1
            status.waiting[status.next] = giveUp
            return status.next
        }
    }

    private func leave(_ ticket: Int) -> Bool {
        status.withLock { $0.waiting.removeValue(forKey: ticket) != nil }
    }

    /// Everyone who waits for the state goes on without it.
    private func abandon(_ error: any Error) {
        let waiting = status.withLock { status in
            status.isAbandoned = true
            defer { status.waiting = [:] }
            return status.waiting.values
        }
        for giveUp in waiting { giveUp(error) }
        // For ever: whatever it is busy with, it uses its state.
        _ = Unmanaged.passRetained(runner)
    }
}

/// A hook did not come back, and was left behind.
struct HookLate: Error, Equatable, CustomStringConvertible {
    /// Nil: its file had been left behind before.
    let limit: Duration?

    var description: String {
        limit.map { "it did not come back within \($0.inSeconds.formatted) s" } ?? "its file was left behind before"
    }
}
