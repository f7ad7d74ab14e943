internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Turns the first INT, TERM or HUP into a call, and keeps SIGPIPE and SIGXFSZ from ending the process.
///
/// A reader that is gone, and a file that may not grow (`ulimit -f`), are errors of the write then.
///
/// A process-wide act: for a program's `main`, never for a library. Handlers, not `SIG_IGN`, so that children start
/// with the system's own.
package enum SignalWatch {
    package static let signals = [SIGINT, SIGTERM, SIGHUP]

    /// - Parameters:
    ///   - ignored: whether a signal changes nothing at the moment.
    ///   - onFirst: gets the signal's number, once; further signals change nothing.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package static func start(
        ignoring ignored: @escaping @Sendable (Int32) -> Bool = { _ in false },
        onFirst: @escaping @Sendable (Int32) async -> Void
    ) throws {
        let pipe = try Descriptor.pipe()
        // A handler never waits.
        pipe.write.setNonBlocking()
        for signal in [SIGPIPE, SIGXFSZ] {
            guard linux_disregard_signal(signal) == 0 else { throw HostError.last("sigaction", "\(signal)") }
        }
        // A caller that starts a program with them ignored, such as nohup, wants them to have no effect.
        for signal in signals where signal == SIGTERM || !linux_ignores_signal(signal) {
            guard linux_report_signal(signal, pipe.write.number) == 0 else {
                throw HostError.last("sigaction", "\(signal)")
            }
        }
        try startThread(name: "signals") {
            // The handlers stay: so does the end that they write to.
            let keep = pipe.write
            for signal in signals { _ = linux_accept_signal(signal) }
            var signal: UInt8 = 0
            while read(pipe.read.number, &signal, 1) != 1 || ignored(Int32(signal)) {}
            let first = Int32(signal)
            Task.detached(priority: .high) { await onFirst(first) }
            while true {
                pause()
                _ = keep
            }
        }
    }
}
