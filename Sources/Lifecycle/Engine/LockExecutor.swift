import Dispatch

/// Runs the lock's clocks and its release on a thread of their own.
///
/// The cooperative pool has as many threads as there are cores. A hook that blocks them would otherwise keep the timer
/// from firing and the lock held (measured, two blocking tasks on two cores: 20 s instead of 0.1 s).
final class LockExecutor: TaskExecutor {
    static let shared = LockExecutor()

    /// The executor of tasks that the current one starts; nil: the cooperative pool.
    @TaskLocal static var current: LockExecutor?

    // A serial queue of its own gets a thread also while all of the pool's are busy.
    private let queue = DispatchQueue(label: "lvmbackup.lock", qos: .userInteractive)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Starts a task on the executor; its detached tasks stay there, too.
    @discardableResult
    static func start<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Task<Value, Never> {
        Task.detached(executorPreference: shared) {
            await $current.withValue(shared) { await work() }
        }
    }

    /// Starts a detached task where the current one runs: on the executor, or in the pool.
    @discardableResult
    static func detach<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) -> Task<Value, Never> {
        current == nil ? Task.detached { await work() } : start(work)
    }
}
