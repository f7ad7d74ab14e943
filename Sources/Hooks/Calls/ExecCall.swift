import Host
import Lifecycle

/// The arguments of `run:exec`, as a command.
struct ExecCall {
    var command: Command
    var allowed: [Int32]
    var reads: Bool
    /// The file that takes its standard output.
    var output: String?
    /// Whether the hook gave it a time, itself or in its pipeline.
    var hasOwnTime = false

    /// - Parameter run: the run's id.
    /// - Throws: ``LuaError``.
    init(_ value: LuaValue, _ services: HookServices, _ secrets: UsedSecrets, run: String) throws {
        let words = try (value["words"].list ?? []).enumerated().map { try secrets.text($1, "word \($0 + 1)") }
        guard let executable = words.first, !executable.isEmpty else {
            throw LuaError("run:exec needs a program first")
        }
        command = Command(executable, Array(words.dropFirst()))
        for (name, entry) in value["env"].fields ?? [:] {
            command.environment[name] = try secrets.text(entry, "env.\(name)")
        }
        // By it the guardian, or the next run, finds the programs of a killed run.
        command.environment.merge(RunProcesses.mark(run)) { $1 }
        if !value["stdin"].isNone { command.input = try secrets.bytes(value["stdin"], "stdin") }
        command.workingDirectory = value["cwd"].text
        if let limit = value["timeout"].number { (command.deadline, hasOwnTime) = (.seconds(limit), true) }
        if let user = value["user"].text { command.user = try services.machine.user(user) }
        allowed = value["ok"].list?.compactMap { $0.integer.map { Int32(clamping: $0) } } ?? [0]
        output = value["stdout"].text
        reads = value["reads"].bool == true && output == nil
    }

    /// - Throws: ``LuaError`` where the program did not end as it has to.
    func check(_ result: CommandResult) throws {
        if result.isTimedOut {
            let limit = command.deadline.inSeconds.formatted
            let option = hasOwnTime ? "the program's option timeout" : "a program's usual time: give it a timeout"
            throw LuaError("\(command.executable) took longer than \(limit) s (\(option))")
        }
        if case .exited(let code) = result.status, allowed.contains(code) { return }
        let said = result.reason.isEmpty ? "" : ": \(result.reason.suffix(500))"
        throw LuaError("\(command.executable) \(result.status)\(said)")
    }

    /// - Throws: ``LuaError`` where output is missing.
    static func checkWhole(_ result: CommandResult, _ program: String) throws {
        guard result.isOutputCut else { return }
        let limit = Command.outputLimit >> 20
        throw LuaError(
            "\(program) wrote more than \(limit) MiB: take its lines with on_line, or let it write a file with stdout"
        )
    }

}

extension RunningCall {
    func execute(_ value: LuaValue) throws -> LuaValue {
        let exec = try ExecCall(value, services, secrets, run: run.id)
        try checkDryRun(exec)
        let (commands, machine) = (services.commands, services.machine)
        guard exec.output != nil else { return try conclude(exec, try wait { try await commands.run(exec.command) }) }
        let pipeline = Pipeline([exec.command], output: exec.output)
        let results = try wait {
            try await machine.run(pipeline, by: commands) { for result in $0 { try exec.check(result) } }
        }
        return try conclude(exec, results[0])
    }

    /// `run:pipe`.
    ///
    /// - Throws: ``LuaError``, `HostError`.
    func pipe(_ value: LuaValue) throws -> LuaValue {
        let pipe = try PipeCall(value, services, secrets, run: run.id)
        guard !run.isDryRun || pipe.reads else { throw leaveOut("would run: \(pipe)") }
        let (commands, machine) = (services.commands, services.machine)
        let start = ContinuousClock.now
        let results = try wait { try await machine.run(pipe.pipeline, by: commands) { try pipe.check($0) } }
        return pipe.answer(results, seconds: (ContinuousClock.now - start).inSeconds)
    }

    /// Starts a program whose lines the hook receives while it runs.
    func start(_ value: LuaValue) throws -> LuaValue {
        var exec = try ExecCall(value, services, secrets, run: run.id)
        guard exec.output == nil else { throw LuaError("run:exec takes either stdout or on_line") }
        try checkDryRun(exec)
        let lines = BlockingLines()
        let patience = exec.command.deadline
        exec.command.onOutput = { lines.append($0, patience: patience) }
        let (commands, started) = (services.commands, exec)
        let task = Task.detached { () -> CommandResult in
            defer { lines.append([]) }
            return try await commands.run(started.command)
        }
        let command = LineCommand(
            lines: lines,
            finish: { [unowned self] in
                try conclude(started, try wait { try await task.value })
            },
            cancel: { task.cancel() }
        )
        return .integer(keep(command))
    }

    private func checkDryRun(_ exec: ExecCall) throws {
        guard run.isDryRun, !exec.reads else { return }
        throw leaveOut("would run: \(exec.command)")
    }

    private func conclude(_ exec: ExecCall, _ result: CommandResult) throws -> LuaValue {
        try exec.check(result)
        // A hook that takes lines has received all of them.
        if exec.command.onOutput == nil { try ExecCall.checkWhole(result, exec.command.executable) }
        return .table([
            "status": .integer(result.status.code), "stdout": .string(result.standardOutput),
            "stderr": .string(result.standardError), "seconds": .number(result.duration.inSeconds),
        ])
    }
}

extension CommandResult.Status {
    /// The exit status, or as a shell says it of a signal.
    package var code: Int64 {
        switch self {
        case .exited(let code): Int64(code)
        case .signalled(let signal): 128 + Int64(signal)
        }
    }
}
