internal import CLinux
import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

/// The guardian's side: the acts of the started process.
package struct GuardianProcess: Sendable {
    static let ready = UInt8(ascii: "r")
    static let goodbye = UInt8(ascii: "b")

    package let request: GuardianRequest
    private let channel: Descriptor
    private let run: (process: Int32, group: Int32, start: UInt64)

    /// Starts: reads the run's description, makes itself hard to end, and reports itself.
    ///
    /// - Throws: ``HostError`` where the process was not started by ``Guardian``.
    package init() throws {
        linux_name_thread("lvmbackup-guard")
        channel = Descriptor(owning: Guardian.channelNumber)
        _ = fcntl(channel.number, F_SETFD, FD_CLOEXEC)
        // The lock's descriptor, where there is one, is kept by being open; children must not get it.
        _ = fcntl(channel.number + 1, F_SETFD, FD_CLOEXEC)
        request = try Self.hear(channel)
        run = try Self.starter()
        for signal in SignalWatch.signals + [SIGPIPE] { _ = linux_disregard_signal(signal) }
        Self.becomeUnattractiveToTheKiller()
        var byte = Self.ready
        guard write(channel.number, &byte, 1) == 1 else { throw HostError.guardianNotReady }
    }

    /// Waits for the end of the run.
    ///
    /// After a goodbye it returns at once; else it ends the run's remaining processes, then calls `release`.
    ///
    /// - Parameters:
    ///   - awaited: base names of executables whose processes are waited for and never killed.
    ///   - ignored: base names of executables whose processes are left alone.
    ///   - limit: how long the run's processes are waited for.
    ///   - release: gets a warning where processes are left.
    package func waitForEnd(
        awaiting awaited: Set<String>,
        ignoring ignored: Set<String> = [],
        limit: Duration = .seconds(120),
        release: (GuardianRequest, _ warning: String?) async throws -> Void
    ) async throws {
        let channel = channel
        let end = try await SerialThread.once(name: "watch") { Self.suddenEnd(channel) }
        guard let end else { return }
        let processes = RunProcesses(
            run: request.run,
            namespace: request.mountNamespace.map { namespace($0, end) },
            awaiting: awaited,
            ignoring: ignored
        )
        try await release(request, await Self.end(processes, limit: limit))
    }

    /// - Returns: why processes may be left; nil where none is.
    private static func end(_ processes: RunProcesses, limit: Duration) async -> String? {
        do {
            let rest = try await processes.end(limit: limit)
            return rest.isEmpty ? nil : "still running: " + rest.map { "process \($0)" }.joined(separator: ", ")
        } catch {
            return "the run's processes cannot be ended: \(error)"
        }
    }

    private func namespace(_ inode: UInt64, _ end: UInt64) -> RunNamespace {
        let lifetime = run.start...max(run.start, end)
        return RunNamespace(inode: inode, process: run.process, group: run.group, lifetime: lifetime)
    }

    /// The run itself, this process's parent.
    private static func starter() throws -> (Int32, Int32, UInt64) {
        let parent = getppid()
        guard let lineage = try ProcessTable().lineage(of: parent) else { throw HostError.guardianNotReady }
        return (parent, lineage.group, lineage.start)
    }

    /// Waits until the channel closes: the moment, in clock ticks since boot; nil after a goodbye.
    private static func suddenEnd(_ channel: Descriptor) -> UInt64? {
        var byte: UInt8 = 0
        while true {
            let count = read(channel.number, &byte, 1)
            if count == 1, byte == goodbye { return nil }
            if count == 0 || (count < 0 && errno != EINTR) { return ProcessLineage.now() }
        }
    }

    private static func hear(_ channel: Descriptor) throws -> GuardianRequest {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(channel.number, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return try JSONDecoder().decode(GuardianRequest.self, from: Data(line)) }
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
