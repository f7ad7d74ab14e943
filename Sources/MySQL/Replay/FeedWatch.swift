import Host
import Lifecycle

/// Watches whether a replay goes on.
struct FeedWatch: Sendable {
    let feed: CommandFeed
    /// The process of the private server: one statement of a log, such as an `ALTER TABLE`, may take days.
    let server: Int32
    var limit = Duration.seconds(86_400)

    /// Returns only by an error.
    ///
    /// - Throws: ``MySQLError/replay(reason:advice:)`` where the programs have read nothing, and the server has done
    ///   nothing, for as long as the limit; `CancellationError`.
    func run() async throws {
        var (sent, since, work) = (feed.sent, ContinuousClock.now, ProcessWork(of: server))
        while true {
            try await Task.sleep(for: min(limit / 4, .seconds(60)))
            let elapsed = ContinuousClock.now - since
            guard feed.sent != sent || elapsed > limit else { continue }
            let now = ProcessWork(of: server)
            guard feed.sent != sent || isProgress(now, since: work, elapsed) else {
                throw MySQLError.replay(
                    reason: "nothing was applied for \(limit.inSeconds.formatted) s, and the private server was idle",
                    advice: nil
                )
            }
            (sent, since, work) = (feed.sent, .now, now)
        }
    }

    private func isProgress(_ now: ProcessWork?, since earlier: ProcessWork?, _ elapsed: Duration) -> Bool {
        guard let now, let earlier else { return false }
        return now.isProgress(since: earlier, seconds: elapsed.inSeconds)
    }
}
