import Glibc
import Synchronization

/// Set by TERM or INT, which end the writers in good order.
///
/// The two signals are blocked in every thread and taken by a thread of their own.
final class StopSignal: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func listen() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        _ = startThread { [self, signals] in
            var signals = signals
            var number: Int32 = 0
            sigwait(&signals, &number)
            flag.store(true, ordering: .relaxed)
        }
    }
}

/// Starts a thread that runs `body` once.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Box(body)).toOpaque()
    let status = pthread_create(
        &thread,
        nil,
        { argument in
            Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
            return nil
        },
        argument
    )
    precondition(status == 0, "no thread could be started")
    return thread
}
