import Foundation
import Testing

/// A run of the debug build that stands still at a fault until it is told to go on.
struct StoppedRun: Sendable {
    let command: Command

    /// - Parameter fault: a fault that stops the run, as `LVMBACKUP_FAULT` names it.
    static func at(
        _ fault: String,
        _ options: [String] = [],
        in destination: String = Lab.destination
    ) async throws -> StoppedRun {
        let run = try StoppedRun(fault, options + [destination])
        try await until("a stop at \(fault)") {
            try #require(run.command.isRunning, "it ended before: \(run.command.output)\(run.command.errors)")
            return run.isStopped
        }
        return run
    }

    private init(_ fault: String, _ arguments: [String]) throws {
        command = try Command(
            [Lab.product("lvmbackup"), "--json", "-v"] + arguments,
            environment: ["LVMBACKUP_FAULT": fault]
        )
    }

    /// Lets it go on, to its end.
    func finish(limit: Duration = .seconds(120)) async throws -> Backup {
        command.signal(SIGCONT)
        return try Backup(await command.wait(limit: limit))
    }

    private var isStopped: Bool {
        // A process that is gone has not stopped.
        let status = (try? String(contentsOfFile: "/proc/\(command.pid)/stat", encoding: .utf8)) ?? ""
        return status.split(separator: ")").last?.hasPrefix(" T") == true
    }
}

/// The names of the published sets.
func publishedSets() throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: Lab.destination).filter { !$0.hasPrefix(".") })
}
