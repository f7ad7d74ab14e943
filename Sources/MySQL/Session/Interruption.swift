import Lifecycle

/// How a statement in flight is ended within a second, whatever has become of it.
///
/// A server says yes to KILL QUERY at once, whether the statement heeds it, and whether its answer ever arrives: a lock
/// that was granted meanwhile would be held by a session that waits for ever.
struct Interruption: Sendable {
    let killStatement: @Sendable () async throws -> Void
    /// Whether the statement has not been answered yet.
    let isUnderWay: @Sendable () -> Bool
    let killSession: @Sendable () async -> Void
    /// Shuts the session's socket.
    let cut: @Sendable () -> Void
    /// How long KILL QUERY and its effect may take together.
    var patience = Duration.milliseconds(800)

    /// Where the statement goes on the session is ended; where the server doesn't answer, the socket is shut.
    func perform() async {
        let deadline = ContinuousClock.now + patience
        do { try await bounded(by: patience, killStatement) } catch { return cut() }
        while isUnderWay() {
            guard .now < deadline else { return await killSession() }
            await Self.pause()
        }
    }

    /// For a moment, by a clock of its own: a hook may block the pool that wakes sleeping tasks.
    static func pause() async {
        await withCheckedContinuation { continuation in
            _ = Alarm(after: .milliseconds(10)) { continuation.resume() }
        }
    }
}
