import Synchronization

/// Tells the work of a thread that the task that waits for it was cancelled.
///
/// Long work asks now and then by ``check()``, as the work of a task does by `Task.checkCancellation()`. Work that never
/// asks runs to its end.
package final class CancellationFlag: Sendable {
    @TaskLocal private static var current: CancellationFlag?
    private let isSet = Atomic(false)

    package init() {}

    package func set() { isSet.store(true, ordering: .relaxed) }

    /// Runs `work` on this thread; ``check()`` asks this flag meanwhile.
    package func perform<Value>(_ work: () throws -> Value) rethrows -> Value {
        try Self.$current.withValue(self) { try work() }
    }

    /// - Throws: `CancellationError` where the flag of this thread's work is set.
    package static func check() throws {
        if let current, current.isSet.load(ordering: .relaxed) { throw CancellationError() }
    }
}
