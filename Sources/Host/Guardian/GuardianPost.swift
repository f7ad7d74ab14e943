internal import CLinux
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// The guardian's side: what the started process does.
public struct GuardianPost: Sendable {
    static let ready = UInt8(ascii: "r")
    static let goodbye = UInt8(ascii: "b")

    public let charge: Charge
    private let channel: Descriptor

    /// Takes the post: hears what it has to guard, makes itself hard to end, and reports itself.
    ///
    /// - Throws: ``HostError`` where the process was not started by ``Guardian``.
    public init() throws {
        linux_name_thread("lvmbackup-guard")
        channel = Descriptor(owning: Guardian.channelNumber)
        _ = fcntl(channel.number, F_SETFD, FD_CLOEXEC)
        // The lock's descriptor, where there is one, is kept by being open; children must not get it.
        _ = fcntl(channel.number + 1, F_SETFD, FD_CLOEXEC)
        charge = try Self.hear(channel)
        for signal in SignalWatch.signals + [SIGPIPE] { _ = linux_disregard_signal(signal) }
        Self.becomeUnattractiveToTheKiller()
        var byte = Self.ready
        guard write(channel.number, &byte, 1) == 1 else { throw HostError.guardianNotReady }
    }

    /// Waits for the end of the run. After a goodbye it returns at once; else it ends what the run left running,
    /// then calls `release`.
    ///
    /// - Parameters:
    ///   - awaited: base names of executables whose processes are waited for and never killed.
    ///   - ignored: base names of executables whose processes are left alone.
    ///   - limit: how long the run's processes are waited for.
    ///   - release: gets a warning where processes are left.
    public func keepWatch(
        awaiting awaited: Set<String>,
        ignoring ignored: Set<String> = [],
        limit: Duration = .seconds(120),
        release: (Charge, _ warning: String?) async throws -> Void
    ) async throws {
        let channel = channel
        let isOver = try await SerialThread.once(name: "watch") { Self.waitForGoodbye(channel) }
        guard !isOver else { return }
        let processes = RunProcesses(
            run: charge.run,
            mountNamespace: charge.mountNamespace,
            awaiting: awaited,
            ignoring: ignored
        )
        try await release(charge, await Self.end(processes, limit: limit))
    }

    /// - Returns: why processes may be left; nil where none is.
    private static func end(_ processes: RunProcesses, limit: Duration) async -> String? {
        do {
            let rest = try await processes.end(limit: limit)
            return rest.isEmpty ? nil : "still running: " + rest.map { "process \($0)" }.joined(separator: ", ")
        } catch {
            return "the run's processes can't be ended: \(error)"
        }
    }

    /// False where the channel closed without a goodbye.
    private static func waitForGoodbye(_ channel: Descriptor) -> Bool {
        var byte: UInt8 = 0
        while true {
            let count = read(channel.number, &byte, 1)
            if count == 1, byte == goodbye { return true }
            if count == 0 || (count < 0 && errno != EINTR) { return false }
        }
    }

    private static func hear(_ channel: Descriptor) throws -> Charge {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(channel.number, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return try JSONDecoder().decode(Charge.self, from: Data(line)) }
            line.append(byte)
        }
        throw HostError.guardianNotReady
    }

    private static func becomeUnattractiveToTheKiller() {
        // Best effort: lowering it takes a privilege.
        guard let file = try? Descriptor.open("/proc/self/oom_score_adj", O_WRONLY) else { return }
        _ = write(file.number, "-1000", 5)
    }
}
