import Glibc

/// A lock with a condition variable: threads wait while they hold it, until another thread signals a change.
package final class Condition: @unchecked Sendable {
    // Unchecked: POSIX allows calls from all threads, and the memory stays in place until the last reference is gone.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let variable = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // A clock that is set does not end or lengthen a wait.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(variable, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(variable)
        pthread_mutex_destroy(mutex)
        variable.deallocate()
        mutex.deallocate()
    }

    package func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Wakes all waiting threads.
    ///
    /// The caller holds the lock.
    package func broadcast() { pthread_cond_broadcast(variable) }

    /// Waits for a signal, or for no reason.
    ///
    /// The caller holds the lock.
    package func wait() { pthread_cond_wait(variable, mutex) }

    /// Waits for a signal at most until a time.
    ///
    /// The caller holds the lock.
    ///
    /// - Returns: whether there is time left.
    package func wait(until deadline: Deadline) -> Bool {
        var time = deadline.time
        return pthread_cond_timedwait(variable, mutex, &time) != ETIMEDOUT
    }

    /// A time of the monotonic clock.
    package struct Deadline {
        fileprivate let time: timespec

        /// - Parameter duration: from now on; whole seconds beyond a year make no difference.
        package init(after duration: Duration) {
            var now = timespec()
            clock_gettime(CLOCK_MONOTONIC, &now)
            let parts = max(.zero, min(duration, .seconds(366 * 86_400))).components
            let nanoseconds = now.tv_nsec + Int(parts.attoseconds / 1_000_000_000)
            time = timespec(
                tv_sec: now.tv_sec + Int(parts.seconds) + nanoseconds / 1_000_000_000,
                tv_nsec: nanoseconds % 1_000_000_000
            )
        }
    }
}
