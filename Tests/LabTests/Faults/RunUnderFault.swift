import Foundation
import Testing

/// A run of the command with a fault in it, until nothing of it runs any more.
struct RunUnderFault: Sendable {
    let result: Command.Result
    /// Seconds of the monotonic clock at which the fault struck first.
    let struck: Double?

    static func of(_ row: FaultRow) async throws -> RunUnderFault {
        let relay = try row.cut.map { try Relay($0) }
        defer { relay?.end() }
        let way = relay == nil ? [] : ["--socket", Relay.socket]
        let others = row.act == .killSessions ? try await sessions() : []
        let command = try Command(
            row.wrapper + [Lab.product("lvmbackup"), "-v"] + row.options + way + [Lab.destination],
            environment: row.injection.isEmpty ? [:] : ["LVMBACKUP_FAULT": row.injection]
        )
        if row.act != .none { try await act(row.act, on: command, otherSessions: others) }
        let result = await command.wait(limit: .seconds(240))
        try await until("no process of the run is left", limit: .seconds(60)) { try running().isEmpty }
        let struck = relay?.struck ?? time(of: "fault: ", in: result.errors + result.output)
        return RunUnderFault(result: result, struck: struck)
    }

    /// The output for people.
    var said: String {
        (result.errors + result.output).split(separator: "\n").filter { !$0.hasPrefix("fault: ") }
            .joined(separator: "\n")
    }

    /// The reason that it gives for having failed.
    var cause: String? { said.split(separator: "\n").first { $0.contains("no backup: ") }.map(String.init) }

    private static func act(
        _ act: FaultRow.Act,
        on command: Command,
        otherSessions: Set<String>
    ) async throws {
        try await until("the run has stopped", limit: .seconds(60)) { !command.isRunning || command.isStopped }
        let others = try running().filter { $0 != command.pid }
        switch act {
        case .none: break
        case .killBoth: for pid in others + [command.pid] { kill(pid, SIGKILL) }
        case .killGuardian: for pid in others { kill(pid, SIGKILL) }
        case .terminateAll:
            let children = try processes().filter { $0.parent == command.pid }.map(\.pid)
            for pid in Set(children + others + [command.pid]) { kill(pid, SIGTERM) }
        case .killSessions:
            for session in try await sessions().subtracting(otherSessions) {
                // A process that has ended meanwhile counts as killed: the answer does not matter.
                let socket = "--socket=\(DatabaseHost.socket)"
                _ = try await run("mariadb", "--no-defaults", socket, "-e", "KILL \(session)")
            }
        }
        command.signal(SIGCONT)
    }

    /// The server's sessions but the one that asks.
    private static func sessions() async throws -> Set<String> {
        let query = "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> connection_id()"
        let rows = try await DatabaseHost.query(query, socket: DatabaseHost.socket, at: #_sourceLocation)
        return Set(rows.map { $0[0] })
    }

    /// Runs and their guardians.
    private static func running() throws -> [Int32] {
        try processes().filter { ["lvmbackup", "lvmbackup-guard"].contains($0.name) && $0.state != "Z" }.map(\.pid)
    }

    private static func processes() throws -> [(pid: Int32, name: String, state: String, parent: Int32)] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.compactMap { pid in
            // A process that ends meanwhile has no name. "4711 (lvmbackup) S 1 …"
            let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
            let parts = status.split(separator: ")")
            let fields = parts.last?.split(separator: " ") ?? []
            guard parts.count == 2, fields.count > 1, let parent = Int32(fields[1]) else { return nil }
            let name = parts[0].drop { $0 != "(" }.dropFirst()
            return (pid, String(name), String(fields[0]), parent)
        }
    }

    /// The number at the end of a line, such as "fault: … at 12.5".
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
