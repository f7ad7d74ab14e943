import Host
import Lifecycle

/// The arguments of `run:pipe`.
struct PipeCall: Sendable, CustomStringConvertible {
    private let stages: [ExecCall]
    let pipeline: Pipeline
    let reads: Bool

    /// - Parameter run: the run's id.
    /// - Throws: ``LuaError``.
    init(_ value: LuaValue, _ services: HookServices, _ secrets: UsedSecrets, run: String) throws {
        var stages = try (value["stages"].list ?? []).map { try ExecCall($0, services, secrets, run: run) }
        if !value["stdin"].isNone, !stages.isEmpty {
            stages[0].command.input = try secrets.bytes(value["stdin"], "stdin")
        }
        if let limit = value["timeout"].number {
            for index in stages.indices {
                (stages[index].command.deadline, stages[index].hasOwnTime) = (.seconds(limit), true)
            }
        }
        self.stages = stages
        pipeline = Pipeline(stages.map(\.command), output: value["stdout"].text)
        reads = value["reads"].bool == true && pipeline.output == nil
    }

    var description: String {
        let line = stages.map { "\($0.command)" }.joined(separator: " | ")
        return line + (pipeline.output.map { " > \($0)" } ?? "")
    }

    /// A program that writes to an ended program is killed by SIGPIPE: the ended program is the cause, not the writer.
    ///
    /// - Throws: ``LuaError`` naming each program that did not end as it has to, the culprit first.
    func check(_ results: [CommandResult]) throws {
        let complaints = zip(stages, results).enumerated().compactMap {
            index,
            stage -> (isVictim: Bool, text: String)? in
            do {
                try stage.0.check(stage.1)
                return nil
            } catch {
                let isVictim = stage.1.status == .signalled(Self.brokenPipe) && !stage.1.isTimedOut
                return (isVictim, "stage \(index + 1) of \(stages.count): \(error)")
            }
        }
        let sorted = complaints.filter { !$0.isVictim } + complaints.filter(\.isVictim)
        guard sorted.isEmpty else { throw LuaError("run:pipe: " + sorted.map(\.text).joined(separator: "; ")) }
        if pipeline.output == nil, let last = results.last, let stage = stages.last {
            try ExecCall.checkWhole(last, stage.command.executable)
        }
    }

    /// SIGPIPE.
    private static let brokenPipe: Int32 = 13

    func answer(_ results: [CommandResult], seconds: Double) -> LuaValue {
        let answers = zip(stages, results).map { stage, result in
            LuaValue.table([
                "program": .text(stage.command.executable), "status": .integer(result.status.code),
                "stderr": .string(result.standardError),
            ])
        }
        return .table([
            "stages": .list(answers), "stdout": .string(results.last?.standardOutput ?? []),
            "seconds": .number(seconds),
        ])
    }
}
