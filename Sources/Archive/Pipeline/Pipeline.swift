internal import Host

/// The meeting place of the threads that write an archive.
typealias Pipeline = OrderedWork<Job, Frame>

/// A result of a job, reused from job to job.
protocol PooledFrame: AnyObject, Sendable {
    init()
    func reset()
}

/// The meeting place of one thread that plans jobs, workers that do them, and one thread that takes the results in order.
///
/// Jobs are handed out in order, each with an empty frame. The worker with the oldest job can always finish it, so a
/// bounded number of frames never locks up. Memory is workers × frame, for data of any size.
final class OrderedWork<Job: Sendable, Frame: PooledFrame>: Sendable {
    private struct State: Sendable {
        var jobs: [Job] = []
        var isPlanned = false
        var empty: [Frame]
        var finished: [Int: Frame] = [:]
        var taken = 0
        var written = 0
        var failure: (any Error)?
        var threads = 0
    }

    /// Jobs hold names, not data: enough that the planner is never waited for.
    private static var longestQueue: Int { 32 }

    private let state: Monitor<State>

    init(frames: Int) {
        state = Monitor(State(empty: (0..<frames).map { _ in Frame() }))
    }

    // MARK: The planner

    /// Waits for room in the queue.
    ///
    /// - Throws: why the pipeline stops.
    func submit(_ job: Job) throws {
        try state.wait(
            until: { $0.jobs.count < Self.longestQueue || $0.failure != nil },
            then: { state in
                if let failure = state.failure { throw failure }
                state.jobs.append(job)
            }
        )
    }

    func planned() { state.change { $0.isPlanned = true } }

    // MARK: Workers

    /// The next job and the frame for it; nil when there is no more.
    ///
    /// - Throws: why the pipeline stops.
    func take() throws -> (job: Job, frame: Frame)? {
        let isReady: (State) -> Bool = { state in
            state.failure != nil || (state.jobs.isEmpty ? state.isPlanned : !state.empty.isEmpty)
        }
        return try state.wait(until: isReady) { state in
            if let failure = state.failure { throw failure }
            guard !state.jobs.isEmpty, let frame = state.empty.popLast() else { return nil }
            state.taken += 1
            return (state.jobs.removeFirst(), frame)
        }
    }

    func finish(_ job: Int, _ frame: Frame) { state.change { $0.finished[job] = frame } }

    // MARK: The writer

    /// The next frame in order; nil behind the last.
    ///
    /// - Throws: why the pipeline stops.
    func nextFrame() throws -> Frame? {
        let isReady: (State) -> Bool = { state in
            state.failure != nil || state.finished[state.written] != nil
                || (state.isPlanned && state.jobs.isEmpty && state.written == state.taken)
        }
        return try state.wait(until: isReady) { state in
            if let failure = state.failure { throw failure }
            return state.finished.removeValue(forKey: state.written)
        }
    }

    func recycle(_ frame: Frame) {
        frame.reset()
        state.change { state in
            state.written += 1
            state.empty.append(frame)
        }
    }

    // MARK: The end

    /// Stops all threads; the first reason counts.
    func fail(_ error: any Error) {
        state.change { state in
            if state.failure == nil { state.failure = error }
            state.jobs = []
        }
    }

    /// - Throws: why the pipeline stops.
    func checkRunning() throws {
        if let failure = state.read({ $0.failure }) { throw failure }
    }

    /// Runs `body` on a thread of its own; its error stops all threads.
    ///
    /// `whenAllLeft` runs once, on the last thread to end.
    func start(
        _ bodies: [@Sendable () throws -> Void],
        whenAllLeft: @escaping @Sendable ((any Error)?) -> Void
    ) {
        state.change { $0.threads = bodies.count }
        for body in bodies {
            do {
                try startThread(name: "archive") {
                    do { try body() } catch { self.fail(error) }
                    self.leave(whenAllLeft)
                }
            } catch {
                fail(error)
                leave(whenAllLeft)
            }
        }
    }

    private func leave(_ whenAllLeft: ((any Error)?) -> Void) {
        let (left, failure) = state.change { state in
            state.threads -= 1
            return (state.threads, state.failure)
        }
        if left == 0 { whenAllLeft(failure) }
    }
}
