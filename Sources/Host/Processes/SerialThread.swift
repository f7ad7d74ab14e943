internal import CLinux
import Dispatch
import Synchronization
import Waiting

#if canImport(Glibc)
    import Glibc
#endif

/// A thread of its own with a mailbox, for C calls that block.
///
/// Jobs run one at a time, in order, always on the same thread. It starts with the first one, and ends when the last
/// reference is gone and the mailbox is empty.
package final class SerialThread: Sendable {
    private let mailbox = Mailbox()
    private let name: String
    private let isStarted = Mutex(false)

    /// - Parameter name: as the system shows it; fifteen bytes of it are kept.
    package init(name: String) { self.name = name }

    deinit { mailbox.post(nil) }

    /// Runs `work` on the thread and returns what it returns.
    ///
    /// Once posted it runs to its end, cancelled or not; long work asks ``CancellationFlag/check()``.
    ///
    /// - Throws: ``HostError`` where the system has no thread left; the error of `work`.
    package func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try start()
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                mailbox.post { continuation.resume(with: Result { try flag.perform(work) }) }
            }
        } onCancel: {
            flag.set()
        }
    }

    /// Puts `work` into the mailbox and goes on: it runs after all earlier jobs, and before all later ones.
    ///
    /// - Throws: ``HostError`` where the system has no thread left.
    package func post(_ work: @escaping @Sendable () -> Void) throws {
        try start()
        mailbox.post(work)
    }

    private func start() throws {
        try isStarted.withLock { isStarted in
            guard !isStarted else { return }
            try startThread(name: name) { [mailbox] in mailbox.serve() }
            isStarted = true
        }
    }

    /// Runs `work` on a thread that lives only for it; long work asks ``CancellationFlag/check()``.
    ///
    /// - Throws: ``HostError`` where the system has no thread left; the error of `work`.
    package static func once<Value: Sendable>(
        name: String,
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    try startThread(name: name) { continuation.resume(with: Result { try flag.perform(work) }) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            flag.set()
        }
    }
}

extension SerialThread {
    /// Runs `work`, which only looks at files, on a thread that lives only for it.
    ///
    /// A file system that does not answer, such as one of a dead server or of another user's program, holds the thread for
    /// ever. When the task is cancelled the thread is left behind.
    ///
    /// - Throws: ``HostError`` where the system has no thread left; the error of `work`; `CancellationError`.
    package static func looking<Value: Sendable>(
        name: String,
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let answer = Promise<Value>()
        return try await withTaskCancellationHandler {
            do { try startThread(name: name) { answer.give(Result { try work() }) } } catch {
                answer.give(.failure(error))
            }
            return try await answer.value
        } onCancel: {
            answer.give(.failure(CancellationError()))
        }
    }
}

/// Jobs on their way to a thread.
private final class Mailbox: Sendable {
    typealias Job = @Sendable () -> Void

    private let jobs = Mutex<[Job?]>([])
    private let arrivals = DispatchSemaphore(value: 0)

    /// - Parameter job: nil ends the thread.
    func post(_ job: Job?) {
        jobs.withLock { $0.append(job) }
        arrivals.signal()
    }

    func serve() {
        while true {
            arrivals.wait()
            guard let job = jobs.withLock({ $0.removeFirst() }) else { return }
            job()
        }
    }
}

/// The function of a new thread, boxed for its way through C.
private final class ThreadMain {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread.
///
/// - Parameter name: as the system shows it; fifteen bytes of it are kept.
/// - Throws: ``HostError/noThread(errno:)`` where the system has none left; `main` is not called then.
package func startThread(name: String, _ main: @escaping @Sendable () -> Void) throws {
    let box = Unmanaged.passRetained(
        ThreadMain {
            linux_name_thread(name)
            main()
        }
    )
    var thread = pthread_t()
    let status = pthread_create(
        &thread,
        nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<ThreadMain>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        },
        box.toOpaque()
    )
    guard status == 0 else {
        box.release()
        throw HostError.noThread(errno: status)
    }
    pthread_detach(thread)
}
