import Glibc
import Host
import Lifecycle

/// Runs `body` on a new detached thread.
///
/// Blocking work (reading a disk, fsync, compressing) stays off the cooperative pool.
///
/// - Throws: ``ArchiveError/noThread(errno:)``
func startThread(_ body: @escaping @Sendable () -> Void) throws(ArchiveError) {
    let box = Unmanaged.passRetained(ThreadBody(body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let status = pthread_create(
        &thread,
        &attributes,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        },
        box.toOpaque()
    )
    guard status == 0 else {
        box.release()
        throw .noThread(errno: status)
    }
}

/// How long a task that was cancelled waits for a thread that the kernel keeps, on a dead disk or a network.
let patienceWithDisks: Duration = .seconds(3)

/// The result of a blocking function, run on a thread of its own.
///
/// - Parameter patience: how long it is waited for once the task was cancelled; then it is left behind, and may do its
///   work later. Nil waits for ever.
/// - Throws: the error of `body`, ``ArchiveError/noThread(errno:)``, or `CancellationError` where the thread is left
///   behind.
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
/// - Throws: the error of `body`, or ``ArchiveError/noThread(errno:)``.
func onOwnThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let flag = CancellationFlag()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try startThread { continuation.resume(with: Swift.Result { try flag.perform(body) }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    } onCancel: {
        flag.set()
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
