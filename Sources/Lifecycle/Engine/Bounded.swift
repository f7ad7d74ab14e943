import Synchronization

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
    let race = Race<Value>()
    let work = LockExecutor.detach {
        do { race.finish(.success(try await operation())) } catch { race.finish(.failure(error)) }
    }
    let timer = limit.map { race.start(timer: $0, then: work.cancel) }
    defer { timer?.cancel() }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { race.start($0) }
    } onCancel: {
        work.cancel()
        if let grace { _ = race.start(timer: grace) {} }
    }
}

/// A continuation that the first of several finishers resumes.
private final class Race<Value: Sendable>: Sendable {
    private struct State {
        var continuation: CheckedContinuation<Value, any Error>?
        var result: Result<Value, any Error>?
    }

    private let state = Mutex(State())

    func start(_ continuation: CheckedContinuation<Value, any Error>) {
        let early = state.withLock { state in
            if state.result == nil { state.continuation = continuation }
            return state.result
        }
        if let early { continuation.resume(with: early) }
    }

    /// Finishes with ``DeadlineExceeded`` after `limit`.
    func start(timer limit: Duration, then act: @escaping @Sendable () -> Void) -> Alarm {
        Alarm(after: limit) {
            self.finish(.failure(DeadlineExceeded(limit: limit)))
            act()
        }
    }

    func finish(_ result: Result<Value, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            defer { state.continuation = nil }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}
