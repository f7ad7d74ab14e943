import Host
import TestSupport
import Testing

@testable import MySQL

/// Replays whose programs stand still.
struct FeedWatchTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// Feeds a command with more than fits into a socket.
    ///
    /// - Parameter server: the script of a process in the place of the private server.
    private func outcome(_ script: String, limit: Duration, server: String = "sleep 100") async throws -> String {
        let process = try IsolatedProcess(.init("sh", ["-c", server]))
        let said = try await outcome(script, limit: limit, pid: process.pid)
        await process.terminate()
        return said
    }

    private func outcome(_ script: String, limit: Duration, pid: Int32) async throws -> String {
        try scratch.write([UInt8](repeating: 7, count: 8 << 20), to: "log")
        let file = try scratch.held.file("log")
        let feed = try CommandFeed()
        var command = Command("sh", ["-c", script])
        command.standardInput = feed.end
        async let isFed = SerialThread.once(name: "feed") {
            defer { feed.close() }
            return try feed.write(file, 0..<(8 << 20))
        }
        let said = await withTaskGroup(of: String.self) { [command] group in
            group.addTask {
                do { try await FeedWatch(feed: feed, server: pid, limit: limit).run() } catch { return "\(error)" }
                return ""
            }
            group.addTask {
                // The command is ended where the watch was first.
                let result = try? await Commands.system.run(command)
                return result?.isSuccess == true ? "done" : "failed"
            }
            let first = await group.next() ?? ""
            group.cancelAll()
            return first
        }
        _ = try await isFed
        return said
    }

    @Test(.timeLimit(.minutes(2))) func `programs that read nothing any more are ended`() async throws {
        let said = try await outcome("head -c 100 >/dev/null; sleep 100", limit: .seconds(2))
        #expect(said.contains("nothing was applied"))
    }

    /// One statement of a log may take days.
    @Test(.timeLimit(.minutes(2))) func `a server that works is left alone`() async throws {
        let slow = "head -c 100 >/dev/null; sleep 6; cat >/dev/null"
        #expect(try await outcome(slow, limit: .seconds(2), server: "while :; do :; done") == "done")
    }

    @Test func `an idle server makes no progress`() {
        let before = ProcessWork(ticks: 1000, bytes: 1 << 20)
        for (ticks, bytes, isProgress) in [
            (1000, 1 << 20, false), (1099, 1 << 20, false), (1100, 1 << 20, true), (1000, 3 << 20, true),
        ]
            as [(UInt64, UInt64, Bool)]
        {
            let now = ProcessWork(ticks: ticks, bytes: bytes)
            #expect(now.isProgress(since: before, seconds: 100) == isProgress)
        }
        #expect(ProcessWork(of: .max) == nil)
    }

    /// Twelve pauses of a quarter of a second each are longer than the limit together.
    @Test(.timeLimit(.minutes(2))) func `programs that read slowly are left alone`() async throws {
        let slow = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do head -c 600000 >/dev/null; sleep 0.5; done; cat >/dev/null"
        #expect(try await outcome(slow, limit: .seconds(4)) == "done")
    }
}
