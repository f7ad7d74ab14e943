import Host
import Lifecycle
import Synchronization

/// The thread of one hook file: it gives calls their turns by rank, and ends those that are late.
///
/// A call waits in three places. Its caller's task waits for the reply, the thread for its next turn, and the Lua code,
/// which blocks the thread, for an operation. A call that does not return in time is left behind together with the
/// thread: no other thread touches its Lua state, and no caller waits for it.
final class FileThread: Sendable {
    /// How long the code of a call without a limit may be busy with itself.
    static let silence = Duration.seconds(15 * 60)
    /// Kept for ever: a busy thread still uses the state of its turn.
    private static let leftBehind = Mutex<[Turn]>([])

    /// The time that an interrupted call gets for its own error before it is left behind.
    private let grace: Duration
    private let thread = SerialThread(name: "lua")
    private let queue = Mutex(CallQueue())

    init(grace: Duration) { self.grace = grace }

    var isAbandoned: Bool { queue.withLock { $0.isAbandoned } }

    /// Waits for the call's turn and its reply.
    ///
    /// - Parameter patience: how long it waits for a call of a lesser rank; nil: to that one's end.
    /// - Throws: the error of the call, ``HookLate``; `CancellationError` where the caller was told to stop.
    func perform(_ turn: Turn, patience: Duration? = nil) async throws -> LuaValue {
        try queue.withLock { try $0.enter(turn) }
        do { try thread.post { [self] in runNext() } } catch {
            _ = queue.withLock { $0.withdraw(turn) }
            throw error
        }
        if let patience, queue.withLock({ $0.obstacle(of: turn) }) != nil {
            _ = Alarm(after: patience) { self.makeWay(for: turn) }
        }
        return try await withTaskCancellationHandler {
            try await turn.value
        } onCancel: {
            cancel(turn)
        }
    }

    private func runNext() {
        guard let turn = queue.withLock({ $0.next() }) else { return }
        let alarms = alarms(turn)
        let result = Result { try turn.work(turn) }
        for alarm in alarms { alarm.cancel() }
        if queue.withLock({ $0.leave(turn) }) { turn.finish(result) }
    }

    // MARK: Turns that are ended

    /// Ends a call that has timed out: first its effects and its code, then the wait for it.
    private func alarms(_ turn: Turn) -> [Alarm] {
        guard let limit = turn.limit else { return [Alarm(after: Self.silence) { self.listen(to: turn) }] }
        return [
            Alarm(after: limit) { turn.interrupt(.timedOut) },
            Alarm(after: limit + grace) { self.abandon(turn, .limit(limit)) },
        ]
    }

    /// Of a call without a limit: ends it where its code has long been busy with itself.
    private func listen(to turn: Turn) {
        guard queue.withLock({ $0.running === turn }) else { return }
        if turn.silence >= Self.silence {
            turn.interrupt(.timedOut)
            abandon(turn, .limit(Self.silence))
        } else {
            _ = Alarm(after: .seconds(60)) { self.listen(to: turn) }
        }
    }

    /// Interrupts the call of a lesser rank that keeps this one waiting.
    private func makeWay(for turn: Turn) {
        guard let obstacle = queue.withLock({ $0.obstacle(of: turn) }) else { return }
        obstacle.interrupt(.madeWay)
        _ = Alarm(after: grace) { self.abandon(obstacle, .inTheWay) }
    }

    private func cancel(_ turn: Turn) {
        if queue.withLock({ $0.withdraw(turn) }) {
            turn.giveUp(CancellationError())
        } else {
            turn.interrupt(.cancelled)
        }
    }

    /// All callers that wait for the thread go on without it.
    private func abandon(_ turn: Turn, _ error: HookLate) {
        guard let waiting = queue.withLock({ $0.abandon(turn) }) else { return }
        Self.leftBehind.withLock { $0.append(turn) }
        turn.giveUp(error)
        for other in waiting { other.giveUp(HookLate.before) }
    }
}
