import Foundation
import Testing

/// One writer that writes all the time, and how long it had to wait.
struct StallWatch: Sendable {
    private let command: Command
    private let log = "/tmp/lab-stalls-\(UUID().uuidString)"

    static func start() async throws -> StallWatch {
        let watch = try StallWatch()
        try await Task.sleep(for: .seconds(1))
        try #require(watch.command.isRunning, "the writer ended: \(watch.command.errors)")
        return watch
    }

    private init() throws {
        command = try Command([
            Lab.product("LabWriters"), "--log", log, "--innodb", "1", "--myisam", "0", "--pause", "0.02", "--seconds",
            "14400", "--piece", "0",
        ])
    }

    func stop() async throws {
        command.signal(SIGTERM)
        let result = await command.wait(limit: .seconds(60))
        unlink(log)
        try #require(result.status == 0, result.report)
    }

    /// How long the writer waited at the longest after a moment of the monotonic clock, in seconds, the wait before the
    /// moment not counted; nil where it has acknowledged nothing since.
    func longest(after moment: Double) async throws -> Double? {
        // The wait under way ends first.
        let now = monotonicSeconds()
        var rows: [Load.Row] = []
        for _ in 1...200 {
            rows = try tail().filter { $0.acknowledged > moment }
            if let last = rows.last, last.sent > now { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        return rows.map { $0.acknowledged - max($0.sent, moment) }.max()
    }

    /// The output of the last minutes, the row under way and another one included.
    func report() async throws -> Load.Report {
        let now = monotonicSeconds()
        try await until("the writer has written") { try tail().last.map { $0.sent > now } ?? false }
        return Load.Report(rows: try tail())
    }

    /// The rows of the last minutes.
    private func tail() throws -> [Load.Row] {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: log))
        defer { file.closeFile() }
        let size = try file.seekToEnd()
        try file.seek(toOffset: size > 1_000_000 ? size - 1_000_000 : 0)
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        // The first line may be cut off at its front, the last one at its end.
        let lines = text.split(separator: "\n").dropFirst(size > 1_000_000 ? 1 : 0)
        return try lines.dropLast(text.hasSuffix("\n") ? 0 : 1).map(Load.row)
    }
}

/// Seconds of CLOCK_MONOTONIC.
func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
