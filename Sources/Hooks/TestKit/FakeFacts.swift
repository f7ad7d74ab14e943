import Lifecycle

extension Fact {
    /// A fact of a kind, with a test's values and usual values for the rest.
    ///
    /// - Throws: ``LuaError`` for a field that such an event does not have.
    init(_ kind: Kind, with given: LuaValue) throws {
        let place = "the event \"\(kind.rawValue)\""
        try FieldCheck.check(given, API.fields(of: kind), place)
        self = try given.changing(Self.sample(kind, outcome: Self.outcome(given["outcome"])), place)
    }

    private static func sample(_ kind: Kind, outcome: Outcome) -> Fact {
        switch kind {
        case .started: .started(Started(host: "db1", isDryRun: false, kind: .backup))
        case .stepStarted: .stepStarted(.archive)
        case .stepFinished: .stepFinished(StepFinished(.archive, seconds: 1.5, ending: .done))
        case .message: .message(Message(level: .info, text: "something was done", step: .archive))
        case .retrying: .retrying(Retrying(.flush, "busy", attempt: 1, of: 5, wait: 10))
        case .locked: .locked(Locked(plan: Samples.lock.plan, reason: Samples.lock.reason, waitedSeconds: 0.1))
        case .unlocked: .unlocked(heldSeconds: 0.25)
        case .snapshotted:
            .snapshotted(Snapshotted(name: Samples.snapshot.name, device: Samples.snapshot.device, seconds: 0.2))
        case .snapshotUsage: .snapshotUsage(0.1)
        case .mounted: .mounted(path: Samples.mount.path)
        case .recovered: .recovered(clean: true)
        case .progress: .progress(Progress(step: .archive, bytes: 1 << 20, totalBytes: 1 << 30, files: 7))
        case .warning: .warning("something is odd")
        case .releasing: .releasing(name: Samples.mount.path)
        case .released: .released(Released(name: Samples.mount.path, seconds: 0.1))
        case .leaked: .leaked(leak)
        case .archived:
            .archived(Archived(location: Samples.archive.location, bytes: Samples.archive.bytes, files: 1234))
        case .published: .published(Samples.set)
        case .retained: .retained(Retention(kept: [FakeRun.id], removed: []))
        case .verified: .verified(Samples.verification)
        case .restored: .restored(Samples.restoration)
        case .abandoned: .abandoned(hook: "other/before.flush")
        case .succeeded: .succeeded
        case .vetoed: .vetoed(failure(.vetoed))
        case .deferred: .deferred(failure(.deferred))
        case .failed: .failed(failure(.failed))
        case .finished: .finished(outcome)
        }
    }

    private static let leak = Leak(
        name: "snapshot \"\(Samples.snapshot.name)\"",
        reason: "the volume is busy",
        repair: "lvremove \(Samples.snapshot.name)"
    )

    private static func failure(_ ending: Outcome.Ending) -> Failure {
        switch ending {
        case .vetoed: Failure(.vetoed, "not today", step: .flush, provider: "other/before.flush")
        case .deferred: Failure(.deferred, "not now", step: .flush, provider: "other/before.flush")
        case .failed, .succeeded: Samples.failure
        }
    }

    /// The outcome of a run that ends as the test says: one that failed before its lock was not locked.
    private static func outcome(_ given: LuaValue) -> Outcome {
        let ending = given["ending"].text.flatMap(Outcome.Ending.init) ?? .succeeded
        var outcome = Outcome(run: FakeRun.id, ending: ending, failure: ending == .succeeded ? nil : failure(ending))
        let step = given["failure"]["step"].text.flatMap(StepName.init) ?? outcome.failure?.step
        if step.map({ $0 > .lock }) ?? true {
            outcome.lockHeldSeconds = 0.25
            outcome.lockWaitSeconds = 0.1
            outcome.lockTimings = LockTimings(
                acquire: 0.1,
                engineLogs: 0.02,
                coordinates: 0.01,
                snapshot: 0.2,
                release: 0.01
            )
        }
        outcome.set = ending == .succeeded ? Samples.set : nil
        return outcome
    }

    /// The place in a run at which it is published.
    ///
    /// - Parameter step: where the test says so.
    func point(at step: StepName?) -> FakePoint {
        if let step = step ?? failingStep { return .before(step).withoutLock.open }
        switch self {
        case .started: return FakePoint(next: .preflight)
        case .stepStarted(let step): return .before(step).withoutLock
        case .stepFinished(let finished): return .after(finished.step).withoutLock
        case .retrying(let retry): return .before(retry.step)
        // Hooks receive the events under the lock when it is released.
        case .locked, .unlocked, .snapshotted: return .after(.snapshot)
        case .mounted: return .after(.mount)
        case .recovered: return .after(.recover)
        case .archived: return .after(.archive)
        case .published: return .after(.publish)
        case .verified: return .after(.verify)
        case .restored: return .after(.restore)
        case .retained, .succeeded: return FakePoint(next: nil)
        case .finished: return FakePoint(next: nil).open
        default: return .before(.archive).open
        }
    }

    private var failingStep: StepName? {
        switch self {
        case .vetoed(let failure), .deferred(let failure), .failed(let failure): failure.step
        case .finished(let outcome): outcome.failure?.step
        default: nil
        }
    }
}

extension FakePoint {
    fileprivate var withoutLock: FakePoint { FakePoint(step: step, next: next) }

    fileprivate var open: FakePoint {
        var open = self
        open.isOpen = true
        return open
    }
}
