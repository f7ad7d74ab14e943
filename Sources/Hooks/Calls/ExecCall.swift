import Foundation
import Host
import Lifecycle

/// What `run:exec` was given, as a command.
struct ExecCall {
    var command: Command
    var allowed: [Int32]
    var reads: Bool

    /// - Parameter run: the run's id.
    /// - Throws: ``LuaError``.
    init(_ value: LuaValue, _ services: HookServices, run: String) throws {
        let secret = services.secret
        let words = try Self.words(value, secret)
        guard let executable = words.first, !executable.isEmpty else {
            throw LuaError("run:exec needs a program first")
        }
        command = Command(executable, Array(words.dropFirst()))
        for (name, entry) in value["env"].fields ?? [:] {
            command.environment[name] = try Self.text(entry, "env.\(name)", secret)
        }
        // By it the guardian, or the next run, finds what a killed run leaves.
        command.environment.merge(RunProcesses.mark(run)) { $1 }
        if case .string(let bytes) = value["stdin"] { command.input = bytes }
        command.workingDirectory = value["cwd"].text
        if let limit = value["timeout"].number { command.deadline = .seconds(limit) }
        if let user = value["user"].text { command.user = try services.machine.user(user) }
        allowed = value["ok"].list?.compactMap { $0.integer.map { Int32(clamping: $0) } } ?? [0]
        reads = value["reads"].bool ?? false
    }

    private static func words(_ value: LuaValue, _ secret: (String) throws -> [UInt8]) throws -> [String] {
        try (value["words"].list ?? []).enumerated().map { try text($1, "word \($0 + 1)", secret) }
    }

    private static func text(_ value: LuaValue, _ what: String, _ secret: (String) throws -> [UInt8]) throws -> String {
        if let name = value["secret"].text { return String(decoding: try secret(name), as: UTF8.self) }
        switch value {
        case .string(let bytes):
            guard !bytes.contains(0) else { throw LuaError("\(what) has a zero byte") }
            return String(decoding: bytes, as: UTF8.self)
        case .integer(let number): return "\(number)"
        case .number(let number): return "\(number)"
        default: throw LuaError("\(what) has to be a string, not \(value.kind)")
        }
    }
}

extension HookHost {
    func execute(_ value: LuaValue, _ call: HookCall) throws -> LuaValue {
        let exec = try ExecCall(value, services, run: call.run.id)
        try checkDryRun(exec, call)
        let commands = services.commands
        return try conclude(exec, try wait { try await commands.run(exec.command) })
    }

    /// Starts a program whose lines are heard while it runs.
    func start(_ value: LuaValue, _ call: HookCall) throws -> LuaValue {
        var exec = try ExecCall(value, services, run: call.run.id)
        try checkDryRun(exec, call)
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

    private func checkDryRun(_ exec: ExecCall, _ call: HookCall) throws {
        guard call.run.isDryRun, !exec.reads else { return }
        throw leaveOut("would run: \(exec.command)", call.run)
    }

    private func conclude(_ exec: ExecCall, _ result: CommandResult) throws -> LuaValue {
        if result.isTimedOut {
            throw LuaError("\(exec.command.executable) took longer than \(exec.command.deadline.inSeconds.formatted) s")
        }
        // Who takes the lines has had all of them.
        if result.isOutputCut, exec.command.onOutput == nil {
            let limit = Command.outputLimit >> 20
            throw LuaError(
                "\(exec.command.executable) wrote more than \(limit) MiB: take its lines with on_line, or let it write a file"
            )
        }
        var fields: [String: LuaValue] = [
            "stdout": .string(result.standardOutput), "stderr": .string(result.standardError),
            "seconds": .number(result.duration.inSeconds),
        ]
        switch result.status {
        case .exited(let code) where exec.allowed.contains(code): fields["status"] = .integer(Int64(code))
        default:
            let said = result.reason.isEmpty ? "" : ": \(result.reason.suffix(500))"
            throw LuaError("\(exec.command.executable) \(result.status)\(said)")
        }
        return .table(fields)
    }
}

/// A hook came to an effect in a dry run: it ends here, quietly.
struct DryRunEnd: Error, CustomStringConvertible {
    var description: String { "a dry run ends the hook here" }
}
