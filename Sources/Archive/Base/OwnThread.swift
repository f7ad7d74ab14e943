import Host
import Lifecycle

/// How long a task that was cancelled waits for a thread that the kernel keeps, on a dead disk or a network.
let patienceWithDisks: Duration = .seconds(3)

/// The result of a blocking function, run on a thread of its own.
///
/// Blocking work (reading a disk, fsync, compressing) stays off the cooperative pool.
///
/// - Parameter patience: how long it is waited for once the task was cancelled; then it is left behind, and may do its
///   work later. Nil waits for ever.
/// - Throws: the error of `body`, `HostError` where the system has no thread left, or `CancellationError` where the
///   thread is left behind.
func onOwnThread<Result: Sendable>(
    patience: Duration?,
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    do {
        return try await bounded(by: nil, grace: patience) { try await onOwnThread(body) }
    } catch is DeadlineExceeded {
        throw CancellationError()
    }
}

/// The result of a blocking function, run on a thread of its own, however long it takes; a long one asks
/// `CancellationFlag.check()`.
///
/// - Throws: the error of `body`, or `HostError` where the system has no thread left.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await SerialThread.once(name: "archive", body)
}
