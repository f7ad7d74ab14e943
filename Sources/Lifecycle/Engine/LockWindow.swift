import Synchronization

/// The two timeouts of the lock: how long writers may be made to wait for it, and how long it may be held.
///
/// When one has passed, a task of its own releases the lock at once, also while the run is busy. The engine finds out
/// afterwards and fails the run. The release runs once, also when both sides ask for it.
final class LockWindow: Sendable {
    enum Expiry: Sendable, Equatable { case waiting, held }

    fileprivate enum Phase {
        case idle
        case waiting(since: Double)
        case held(since: Double)
        case released
    }

    fileprivate struct State {
        var phase = Phase.idle
        var waited: Double?
        var held: Double?
        var expiry: Expiry?
        var timer: Alarm?
        var grantedAt: Double?
        var releaseSentAt: Double?
        var timings = LockTimings()
        /// When the parts under way began.
        var begun: [LockTimings.Part: Double] = [:]
        var release: Release?
        var releasing: Task<ReleaseRunner.Report, Never>?
    }

    private let state = Mutex(State())
    private let waitLimit: Duration
    private let holdLimit: Duration
    private let runner: ReleaseRunner
    private let clock: EngineClock

    init(
        waitLimit: Duration,
        holdLimit: Duration,
        runner: ReleaseRunner,
        clock: EngineClock = EngineClock()
    ) {
        self.waitLimit = waitLimit
        self.holdLimit = holdLimit
        self.runner = runner
        self.clock = clock
    }

    /// Seconds of the monotonic clock.
    func now() -> Double { clock.now() }

    /// How long the lock may be held.
    var budget: Duration { holdLimit }
    var expiry: Expiry? { state.withLock { $0.expiry } }
    var waitedSeconds: Double? { state.withLock { $0.waited } }
    var heldSeconds: Double? { state.withLock { $0.held } }
    /// Seconds of the monotonic clock at the grant.
    var grantedAt: Double? { state.withLock { $0.grantedAt } }
    /// Seconds of the monotonic clock right before the release was started.
    var releaseSentAt: Double? { state.withLock { $0.releaseSentAt } }
    /// Nil where nothing was locked.
    var timings: LockTimings? { state.withLock { $0.grantedAt == nil ? nil : $0.timings } }

    var isHeld: Bool {
        state.withLock { if case .held = $0.phase { true } else { false } }
    }

    /// Whether the lock has come and gone.
    var isSettled: Bool {
        state.withLock { if case .released = $0.phase { true } else { false } }
    }

    func beginWaiting(abort: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.phase = .waiting(since: now())
            state.timer?.cancel()
            state.timer = timer(waitLimit) { [self] in
                guard expire(.waiting) else { return }
                await abort()
            }
        }
    }

    func endWaiting() {
        state.withLock { state in
            state.stopWaiting(now())
            state.phase = .idle
        }
    }

    func grant(release: Release) {
        state.withLock { state in
            guard state.releasing == nil else { return }
            let now = now()
            state.stopWaiting(now)
            state.timings.acquire = state.waited
            state.waited = state.waited ?? 0
            state.phase = .held(since: now)
            state.grantedAt = now
            state.release = release
            state.timer = timer(holdLimit) { [self] in
                guard expire(.held) else { return }
                _ = await self.release()
            }
        }
    }

    /// Releases the lock, or waits for a release under way.
    ///
    /// Nil where there is nothing to release.
    func release() async -> ReleaseRunner.Report? {
        let task = state.withLock { state -> Task<ReleaseRunner.Report, Never>? in
            if let task = state.releasing { return task }
            guard let release = state.release else {
                state.timer?.cancel()
                state.phase = .released
                return nil
            }
            state.releaseSentAt = now()
            let task = LockExecutor.start { [self] in
                let report = await runner.run(release)
                settle()
                return report
            }
            state.releasing = task
            return task
        }
        return await task?.value
    }

    private func settle() {
        state.withLock { state in
            let now = now()
            if case .held(let since) = state.phase { state.held = now - since }
            state.timings.release = state.releaseSentAt.map { now - $0 }
            state.release = nil
            state.timer?.cancel()
            state.phase = .released
        }
    }

    /// Puts the clock at a point that no run has led to, with no limit running.
    func set(isHeld: Bool, held: Double?) {
        state.withLock { state in
            state.held = held
            state.phase = isHeld ? .held(since: now()) : held == nil ? .idle : .released
        }
    }

    // MARK: The parts that providers measure

    func begin(_ part: LockTimings.Part) {
        state.withLock { $0.begun[part] = now() }
    }

    func end(_ part: LockTimings.Part) {
        state.withLock { state in
            guard let begun = state.begun.removeValue(forKey: part) else { return }
            state.timings[part] = now() - begun
        }
    }

    func note(_ part: LockTimings.Part, seconds: Double) {
        state.withLock { $0.timings[part] = seconds }
    }

    /// Whether the clock was still running.
    private func expire(_ expiry: Expiry) -> Bool {
        state.withLock { state in
            switch (expiry, state.phase) {
            case (.waiting, .waiting), (.held, .held):
                state.expiry = expiry
                return true
            default: return false
            }
        }
    }

    private func timer(_ limit: Duration, _ fire: @escaping @Sendable () async -> Void) -> Alarm {
        clock.alarm(limit) { LockExecutor.start { await fire() } }
    }
}

extension LockWindow.State {
    fileprivate mutating func stopWaiting(_ now: Double) {
        timer?.cancel()
        timer = nil
        if case .waiting(let since) = phase { waited = (waited ?? 0) + (now - since) }
    }
}

/// One of the lock's two timeouts passed.
struct LockExpired: Error {
    let expiry: LockWindow.Expiry
}

extension LockWindow {
    /// The error of a step as the operator should read it: a session that was ended because of a timeout reports a lost
    /// connection, but the cause is the timeout.
    func explain(_ error: any Error, options: EngineOptions) -> Failure {
        switch expiry {
        case .waiting:
            let limit = options.lockWaitTimeout.inSeconds.formatted
            let obstacle = (error as? any ExplainedError)?.obstacle.map { ": \($0)" } ?? ""
            return Failure(
                .failed,
                "the lock was not granted within \(limit) s; lvmbackup stopped waiting so that writers go on\(obstacle)",
                advice: options.advice.lockWait
            )
        case .held:
            let limit = options.maxLock.inSeconds.formatted
            return Failure(
                .failed,
                "the lock was held for \(limit) s without a snapshot, and was released so that writers go on",
                advice: options.advice.lockHeld
            )
        case nil:
            return Failure(error)
        }
    }
}
