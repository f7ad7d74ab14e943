import Host
import Lifecycle

/// Watches whether the programs of a replay go on.
struct FeedWatch: Sendable {
    let feed: CommandFeed
    /// The longest statement of a binary log, such as an `ALTER TABLE`, has to be done in this time.
    var limit = Duration.seconds(86_400)

    /// Returns only by an error.
    ///
    /// - Throws: ``MySQLError/replay(reason:advice:)`` where the programs have read nothing for as long as the limit;
    ///   `CancellationError`.
    func run() async throws {
        var (sent, since) = (feed.sent, ContinuousClock.now)
        while true {
            try await Task.sleep(for: min(limit / 4, .seconds(60)))
            if feed.sent != sent { (sent, since) = (feed.sent, .now) }
            guard .now - since > limit else { continue }
            throw MySQLError.replay(
                reason: "the client has read nothing of the logs for \(limit.inSeconds.formatted) s",
                advice: "see whether the private server or its client was stopped"
            )
        }
    }
}
