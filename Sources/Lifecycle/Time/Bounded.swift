import Waiting

/// An operation did not return within its time.
package struct DeadlineExceeded: Error, Equatable, CustomStringConvertible {
    /// The limit that has passed.
    package let limit: Duration

    package var description: String { "no answer within \(limit.inSeconds.formatted) s" }
}

/// Waits for `operation` or for the limit, until the earlier of the two, and never for the later one.
///
/// A task group would wait for its losing child; here the first of the two resumes the caller, once. A late
/// operation is cancelled and left behind. The caller's own cancellation is handed on to the operation.
///
/// - Parameters:
///   - limit: nil waits for ever.
///   - grace: how long a cancelled operation may still take; nil waits for it.
/// - Throws: the error of the operation, or ``DeadlineExceeded``.
package func bounded<Value: Sendable>(
    by limit: Duration?,
    grace: Duration? = nil,
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard limit != nil || grace != nil else { return try await operation() }
    let promise = Promise<Value>()
    let work = LockExecutor.detach {
        do { promise.give(.success(try await operation())) } catch { promise.give(.failure(error)) }
    }
    let timer = limit.map { limit in
        Alarm(after: limit) {
            promise.give(.failure(DeadlineExceeded(limit: limit)))
            work.cancel()
        }
    }
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
        try await promise.value
    } onCancel: {
        work.cancel()
        if let grace { _ = Alarm(after: grace) { promise.give(.failure(DeadlineExceeded(limit: grace))) } }
    }
}
