import Foundation
import Testing

/// Writers on the server, from ``start`` to ``stop``.
struct Load: Sendable {
    private let command: Command
    private let log: String

    /// A row that the server acknowledged; times in seconds of the monotonic clock.
    struct Row: Sendable {
        var table: String
        var writer: Int
        var sequence: Int
        var sent: Double
        var acknowledged: Double
    }

    /// The writers' results.
    struct Report: Sendable {
        var rows: [Row]

        /// The longest wait for an acknowledgement among the rows that were under way in this time.
        func longestStall(_ table: String, in span: ClosedRange<Double>) -> Double {
            rows.lazy.filter { $0.table == table && $0.sent <= span.upperBound && $0.acknowledged >= span.lowerBound }
                .map { $0.acknowledged - $0.sent }.max() ?? 0
        }
    }

    /// Starts the writers, and waits until each has written for a second.
    static func start(innodb: Int = 4, myisam: Int = 1, pause: Double = 0.005, seconds: Int = 900) async throws -> Load
    {
        let log = "/tmp/lab-load-\(UUID().uuidString)"
        let command = try Command([
            Lab.product("LabWriters"), "--log", log, "--innodb", "\(innodb)", "--myisam", "\(myisam)",
            "--pause", "\(pause)", "--seconds", "\(seconds)",
        ])
        try await Task.sleep(for: .seconds(2))
        try #require(command.isRunning, "the writers ended: \(command.errors)")
        return Load(command: command, log: log)
    }

    func stop() async throws -> Report {
        command.signal(SIGTERM)
        let result = await command.wait(limit: .seconds(60))
        defer { unlink(log) }
        try #require(result.status == 0, result.report)
        return Report(rows: try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(Self.row))
    }

    static func row(_ line: Substring) throws -> Row {
        let fields = line.split(separator: " ")
        try #require(fields.count == 5, "a line of the load's log: \(line)")
        return Row(
            table: String(fields[0]),
            writer: try #require(Int(fields[1])),
            sequence: try #require(Int(fields[2])),
            sent: try #require(Double(fields[3])),
            acknowledged: try #require(Double(fields[4]))
        )
    }
}

/// Runs `body` while the writers write.
func underLoad<Value: Sendable>(
    innodb: Int = 4,
    myisam: Int = 1,
    seconds: Int = 900,
    _ body: () async throws -> Value
) async throws -> (Value, Load.Report) {
    let load = try await Load.start(innodb: innodb, myisam: myisam, seconds: seconds)
    do {
        let value = try await body()
        return (value, try await load.stop())
    } catch {
        // The body's error is the one that counts.
        _ = try? await load.stop()
        throw error
    }
}
