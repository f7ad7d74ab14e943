import Lifecycle
import Waiting

/// The call that a file's Lua code is in: it answers the functions of `run`.
///
/// For the file's thread alone.
final class RunningCall {
    let hook: HookCall
    let turn: Turn
    unowned let state: HookState
    /// The end of the call's time on the machine's own clock.
    private let deadline: Double?
    /// The programs whose lines the hook takes.
    private var commands: [Int64: LineCommand] = [:]
    /// Whether the call has come to an effect that a dry run leaves out.
    private var isEndedByDryRun = false
    /// Whether the call has taken longer than it may, by the machine's own clock.
    private var isLate = false

    init(_ hook: HookCall, _ turn: Turn, of state: HookState) {
        (self.hook, self.turn, self.state) = (hook, turn, state)
        let elapsed = state.services.machine.elapsed
        deadline = turn.limit.flatMap { limit in elapsed.map { $0 + limit.inSeconds } }
        if hook.verb == .replace, hook.target == StepName.lock.rawValue, !hook.isRelease { state.sessions.forgetLock() }
    }

    var run: Run { hook.run }
    var services: HookServices { state.services }
    var secrets: UsedSecrets { state.secrets }

    /// - Throws: the error that the hook gets.
    func answer(_ name: String, _ arguments: Arguments) throws -> LuaValue {
        let result = Result { try perform(name, arguments) }
        try checkClock()
        do { return try result.get() } catch { throw secrets.hidden(in: error) }
    }

    /// Ends the call where the machine's own clock has come to the end of its time, as an alarm would.
    ///
    /// - Throws: ``LuaError``.
    private func checkClock() throws {
        guard let deadline, let elapsed = services.machine.elapsed, elapsed > deadline else { return }
        isLate = true
        turn.cancelLua()
        throw LuaError("the call took longer than it may")
    }

    /// Reports the act that a dry run skips, and ends the call there, also where its code catches the error.
    func leaveOut(_ effect: String) -> DryRunEnd {
        run.note(secrets.hidden(in: effect), level: .notice)
        isEndedByDryRun = true
        turn.cancelLua()
        return DryRunEnd()
    }

    // MARK: Waiting

    /// Waits, on the file's own thread, for asynchronous work in Swift; the call's interruption ends it.
    ///
    /// The work runs in the pool, and not on the waiting thread: an actor's jobs could get stuck in a thread that is left
    /// behind.
    ///
    /// - Throws: the error of `work`.
    func wait<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws -> Value {
        let answer = Promise<Value>()
        let task = Task.detached {
            do { answer.give(.success(try await work())) } catch { answer.give(.failure(error)) }
        }
        return try turn.blocking(task.cancel) { try answer.wait() }
    }

    func keep(_ command: LineCommand) -> Int64 {
        let handle = Int64(commands.count + 1)
        commands[handle] = command
        return handle
    }

    func command(_ handle: LuaValue) throws -> LineCommand {
        guard let command = handle.integer.flatMap({ commands[$0] }) else { throw LuaError("no such command") }
        return command
    }

    // MARK: The end

    /// Ends the programs that the hook did not wait for.
    func end() {
        for command in commands.values { command.end() }
        commands = [:]
    }

    /// The result of the function, with a verdict's reason as messages may show it.
    ///
    /// - Throws: its error, without secrets; ``DryRunEnd``.
    func ended(with result: Result<LuaValue, any Error>) throws -> LuaValue {
        if isEndedByDryRun { throw DryRunEnd() }
        do {
            let answer = try result.get()
            guard var fields = answer.fields, let reason = fields["reason"]?.text else { return answer }
            fields["reason"] = .text(secrets.hidden(in: reason))
            return .table(fields)
        } catch {
            guard isLate, var late = error as? LuaError else { throw secrets.hidden(in: error) }
            late.cause = .outOfTime
            throw late
        }
    }
}
