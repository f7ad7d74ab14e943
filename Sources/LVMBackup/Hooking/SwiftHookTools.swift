import Hooks
import Host
import Lifecycle
import MySQL

extension HookTools {
    /// The sessions and programs of a real run.
    ///
    /// A session is opened when a hook first asks.
    init(connection: ConnectionOptions, commands: Commands) {
        let live = HookSession(
            connection,
            "SET SESSION `lock_wait_timeout` = 1",
            "SET SESSION TRANSACTION READ ONLY"
        )
        let copy = CopyQuestions()
        self.init(
            query: { run, statement in
                if let word = ReadOnlyStatement.refusedWord(of: statement) {
                    throw Failure(
                        .failed,
                        "run.sql only reads, and \(word.isEmpty ? "this" : word.uppercased()) may do more",
                        advice: "open a session of your own for it, and undo it with run.undo"
                    )
                }
                let isOnCopy = (run.step == .recover || run.step == .verify) && run.inspect != nil
                return try await (isOnCopy ? copy.query(run, statement) : live.query(statement)).asSQLRows
            },
            execute: { run, program in try await program.execute(run, commands) },
            endCopy: { try await copy.end() }
        )
    }
}

extension Program {
    fileprivate func execute(_ run: Run, _ commands: Commands) async throws -> ProgramResult {
        var command = Command(path, arguments)
        command.input = input
        command.deadline = timeout
        command.environment = RunProcesses.mark(run.id)
        let result = try await commands.run(command)
        let status = Int32(clamping: result.status.code)
        guard !result.isTimedOut, accepted.contains(status) else {
            try result.checked(command)
            // Status 0 is none of the accepted ones.
            throw HostError.commandFailed(command: "\(command)", status: result.status, reason: result.reason)
        }
        guard !result.isOutputCut else {
            throw Failure(
                .failed,
                "\"\(path)\" wrote more than \(Command.outputLimit >> 20) MiB",
                advice: "let it write a file"
            )
        }
        return ProgramResult(
            status: status,
            stdout: result.standardOutput,
            stderr: result.standardError,
            seconds: result.duration.inSeconds
        )
    }
}
