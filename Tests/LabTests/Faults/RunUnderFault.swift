import Foundation
import Testing

/// A run of the command with a fault in it, until nothing of it runs any more.
struct RunUnderFault: Sendable {
    let result: Command.Result
    /// Seconds of the monotonic clock at which the fault struck first.
    let struck: Double?

    static func of(_ row: FaultRow) async throws -> RunUnderFault {
        let command = try Command(
            row.wrapper + [Lab.product("lvmbackup")] + row.options + [Lab.destination],
            environment: ["LVMBACKUP_FAULT": row.injection]
        )
        if row.act == .killBoth { try await killBoth(command) }
        let result = await command.wait(limit: .seconds(240))
        try await until("nothing of the run is left running", limit: .seconds(60)) { try running().isEmpty }
        return RunUnderFault(result: result, struck: time(of: "fault: ", in: result.errors + result.output))
    }

    /// What was said to people.
    var said: String {
        (result.errors + result.output).split(separator: "\n").filter { !$0.hasPrefix("fault: ") }
            .joined(separator: "\n")
    }

    private static func killBoth(_ command: Command) async throws {
        try await until("the run has stopped", limit: .seconds(60)) {
            !command.isRunning || command.isStopped
        }
        for pid in try running() { kill(pid, SIGKILL) }
    }

    /// Runs and their guardians.
    private static func running() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            // A process that ends meanwhile has no name; a zombie waits for its parent, and does nothing.
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            let isOurs = status.contains("(lvmbackup)") || status.contains("(lvmbackup-guard)")
            return isOurs && !status.contains(") Z")
        }
    }

    /// "fault: … at 12.5"
    private static func time(of prefix: String, in text: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.hasPrefix(prefix) }
        return line?.split(separator: " ").last.flatMap { Double($0) }
    }
}

extension Command {
    /// Whether a SIGSTOP has stopped it.
    var isStopped: Bool {
        // Gone is not stopped.
        let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return status.split(separator: ")").last?.hasPrefix(" T") == true
    }
}
