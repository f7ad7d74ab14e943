import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A small process that outlives the run, and runs its releases if it ends without a goodbye.
///
/// A guardian that is dropped without ``goodbye()`` takes the run for dead, and ends its processes, this one among
/// them. It lives in the mount namespace that the program came from and in a session of its own. It shares the run
/// lock's open file description: after a sudden end of the run the lock is free only when the guardian is done, too.
package final class Guardian: Sendable {
    /// The channel's descriptor in the guardian; the run's end of it closes with the run.
    static let channelNumber: Int32 = 3

    private let channel: Mutex<Descriptor?>
    private let pid: Int32

    /// Starts the guardian and waits until it is ready.
    ///
    /// - Parameters:
    ///   - executable: a program whose `main` calls ``GuardianProcess`` where it is given `arguments`; by default the
    ///     running one. Its path may not lead to it from a namespace of its own.
    ///   - namespace: the run's own; nil where mounts are made in the common one.
    ///   - lock: shared with the guardian, so that no other run gets it before the guardian is done.
    /// - Throws: ``HostError/guardianNotReady`` where it does not report itself within a minute.
    package static func start(
        executable: String = "/proc/self/exe",
        arguments: [String],
        request: GuardianRequest,
        namespace: MountNamespace? = nil,
        lock: RunLock? = nil
    ) async throws -> Guardian {
        try await SerialThread.once(name: "guardian") {
            try Guardian(executable, arguments, request, namespace, lock)
        }
    }

    private init(
        _ executable: String,
        _ arguments: [String],
        _ request: GuardianRequest,
        _ namespace: MountNamespace?,
        _ lock: RunLock?
    ) throws {
        let (pid, ours) = try Self.launch(executable, arguments, namespace, lock)
        self.pid = pid
        channel = Mutex(ours)
        do {
            try Self.brief(ours, request)
        } catch {
            kill(pid, SIGKILL)
            Self.reap(pid)
            throw error
        }
    }

    /// Returns this side's end of the channel; the other one is open in the guardian alone.
    private static func launch(
        _ executable: String,
        _ arguments: [String],
        _ namespace: MountNamespace?,
        _ lock: RunLock?
    ) throws -> (Int32, Descriptor) {
        let (ours, theirs) = try Descriptor.socketPair()
        let null = try Descriptor.open("/dev/null", O_RDWR)
        let shared = lock?.descriptor
        var descriptors = [null.number, null.number, STDERR_FILENO, theirs.number]
        if let shared { descriptors.append(shared.number) }
        let spawn = Spawn(
            executable: executable,
            arguments: arguments,
            environment: home,
            descriptors: descriptors,
            leaving: namespace
        )
        return (try spawn.start().pid, ours)
    }

    /// Where the option file with the server's password may be.
    private static var home: [String: String] { getenv("HOME").map { ["HOME": String(cString: $0)] } ?? [:] }

    /// Ends the guardian: everything is released.
    ///
    /// Waits for its end.
    package func goodbye() async throws {
        guard let channel = channel.withLock({ $0.take() }) else { return }
        try await SerialThread.once(name: "guardian") { [pid] in
            var byte = GuardianProcess.goodbye
            send(channel.number, &byte, 1, Int32(MSG_NOSIGNAL))
            Self.reap(pid)
        }
    }

    private static func reap(_ pid: Int32) {
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }

    private static func brief(_ channel: Descriptor, _ request: GuardianRequest) throws {
        let line = Array(try JSONEncoder().encode(request)) + [UInt8(ascii: "\n")]
        guard send(channel.number, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
            throw HostError.guardianNotReady
        }
        var answer = pollfd(fd: channel.number, events: Int16(POLLIN), revents: 0)
        var byte: UInt8 = 0
        guard poll(&answer, 1, 60_000) == 1, read(channel.number, &byte, 1) == 1, byte == GuardianProcess.ready else {
            throw HostError.guardianNotReady
        }
    }
}
