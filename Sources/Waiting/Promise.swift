/// A value that the first of several givers delivers, and that one task or one thread waits for.
///
/// Later givers are dropped. Cancelling the waiting task does not end its wait: the canceller gives an error where it
/// has to.
package final class Promise<Value: Sendable>: @unchecked Sendable {
    // Unchecked: everything below is touched with the condition's lock held.

    private let condition = Condition()
    private var result: Result<Value, any Error>?
    private var continuation: CheckedContinuation<Value, any Error>?

    package init() {}

    /// - Returns: false where the promise was kept before.
    @discardableResult
    package func give(_ result: Result<Value, any Error>) -> Bool {
        let (isFirst, waiting) = condition.withLock { () -> (Bool, CheckedContinuation<Value, any Error>?) in
            guard self.result == nil else { return (false, nil) }
            self.result = result
            condition.broadcast()
            defer { continuation = nil }
            return (true, continuation)
        }
        waiting?.resume(with: result)
        return isFirst
    }

    /// Waits in a task; for one caller.
    package var value: Value {
        get async throws {
            try await withCheckedThrowingContinuation { waiting in
                let early = condition.withLock { () -> Result<Value, any Error>? in
                    if result == nil { continuation = waiting }
                    return result
                }
                if let early { waiting.resume(with: early) }
            }
        }
    }

    /// Blocks the thread; for threads that may block.
    ///
    /// - Throws: the given error.
    package func wait() throws -> Value {
        try condition.withLock { () -> Result<Value, any Error> in
            while true {
                if let result { return result }
                condition.wait()
            }
        }.get()
    }
}
