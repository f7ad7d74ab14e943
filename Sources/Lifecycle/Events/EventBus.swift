import Synchronization

/// Tells every subscriber what happened, without ever waiting for one.
///
/// Each subscriber has a queue of its own; of `progress` and `snapshotUsage` a slow one gets the latest only.
final class EventBus: Sendable {
    private let run: String
    private let queues: [SubscriberQueue]
    /// Those whose subscribers may publish something themselves.
    private let publishing: [SubscriberQueue]
    private let sequence = Mutex(0)
    private let isHeldBack: Flag
    /// Of subscribers that may publish events themselves.
    private let isSilent: Flag
    private let clock: EngineClock
    /// Receives a fact before its publisher goes on.
    private let onPublish: (@Sendable (Fact) -> Void)?

    init(
        run: String,
        subscribers: [Subscriber],
        publishing: [Subscriber] = [],
        clock: EngineClock = EngineClock(),
        onPublish: (@Sendable (Fact) -> Void)? = nil
    ) {
        let (isHeldBack, isSilent) = (Flag(), Flag())
        self.run = run
        self.clock = clock
        self.isSilent = isSilent
        self.onPublish = onPublish
        self.isHeldBack = isHeldBack
        self.publishing = publishing.map { SubscriberQueue($0, isSilent) }
        queues = self.publishing + subscribers.map { SubscriberQueue($0, isHeldBack) }
    }

    func publish(_ fact: Fact) {
        onPublish?(fact)
        // Numbering and queueing under one lock: every subscriber sees the same order.
        sequence.withLock { sequence in
            sequence += 1
            let event = Event(
                run: run,
                sequence: sequence,
                time: unixTime(),
                monotonic: monotonicTime(),
                fact: fact
            )
            for queue in queues { queue.append(event) }
        }
        deliver()
    }

    /// Delivers no event for a while, or until ``resume()``: with few processors the subscribers' work would lengthen
    /// the lock (measured with one).
    ///
    /// No event is lost, and the order stays. Hooks receive none until then.
    func holdBack(for limit: Duration) {
        isHeldBack.set()
        isSilent.set()
        _ = clock.alarm(limit) {
            guard self.isHeldBack.clear() else { return }
            self.deliver()
        }
    }

    func resume() {
        _ = isHeldBack.clear()
        _ = isSilent.clear()
        deliver()
    }

    private func deliver() {
        for queue in queues { queue.deliver() }
    }

    /// Waits until the subscribers that may publish events have received all of theirs, for `limit` at most.
    ///
    /// - Returns: the places of those that were still busy, and were told to stop.
    func drainPublishing(limit: Duration) async -> [Int] {
        let late = await drain(publishing, by: .now + limit)
        for index in late { publishing[index].stop() }
        _ = await drain(late.map { publishing[$0] }, by: .now + .seconds(1))
        return late
    }

    /// Waits until every queue is empty, for `limit` at most.
    func drain(limit: Duration) async { _ = await drain(queues, by: .now + limit) }

    /// - Returns: the places of those that are left behind: the run is over.
    private func drain(_ queues: [SubscriberQueue], by deadline: ContinuousClock.Instant) async -> [Int] {
        for queue in queues { queue.close() }
        var late: [Int] = []
        for (index, queue) in queues.enumerated() {
            let left = max(deadline - .now, .zero)
            do { try await bounded(by: left) { await queue.drained() } } catch { late.append(index) }
        }
        return late
    }
}

/// A subscriber to the events of a run.
struct Subscriber: Sendable {
    let hear: @Sendable (Event) async -> Void
}

/// Hands one subscriber its events, in order, from a task of its own.
private final class SubscriberQueue: Sendable {
    private let pending: PendingEvents
    private let isHeldBack: Flag
    private let wakeUp: AsyncStream<Void>.Continuation
    private let delivery: Task<Void, Never>

    init(_ subscriber: Subscriber, _ isHeldBack: Flag) {
        let (signals, wakeUp) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let pending = PendingEvents()
        self.pending = pending
        self.isHeldBack = isHeldBack
        self.wakeUp = wakeUp
        delivery = Task.detached {
            for await _ in signals {
                while !isHeldBack.isSet, let event = pending.next() { await subscriber.hear(event) }
            }
            while !Task.isCancelled, let event = pending.next() { await subscriber.hear(event) }
        }
    }

    func append(_ event: Event) {
        pending.append(event)
    }

    func deliver() {
        guard !isHeldBack.isSet else { return }
        wakeUp.yield()
    }

    func close() { wakeUp.finish() }

    /// Tells the subscriber to finish, and delivers no further event.
    func stop() { delivery.cancel() }

    func drained() async { await delivery.value }
}

/// The events that one subscriber has not received yet.
private final class PendingEvents: Sendable {
    private let events = Mutex<[Event]>([])

    func append(_ event: Event) {
        events.withLock { events in
            if let kind = event.fact.coalescedKind {
                events.removeAll { $0.fact.coalescedKind == kind }
            }
            events.append(event)
        }
    }

    func next() -> Event? {
        events.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
}

/// A truth value that several threads set and read.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }

    /// Answers whether it was set.
    func clear() -> Bool { value.exchange(false, ordering: .acquiringAndReleasing) }
}

extension Fact {
    /// Facts of which only the latest matters to a slow subscriber.
    fileprivate var coalescedKind: Int? {
        switch self {
        case .progress: 1
        case .snapshotUsage: 2
        default: nil
        }
    }
}
