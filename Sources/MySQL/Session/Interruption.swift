import Lifecycle

/// Ends a statement in flight within a second, in any state of the server.
///
/// A server confirms KILL QUERY at once, even if the statement goes on or its answer never arrives. A lock that was
/// granted meanwhile would be held by a session that waits for ever.
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
