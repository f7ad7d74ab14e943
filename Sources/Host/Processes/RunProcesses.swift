internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// What is left running of a run that has ended: whatever lives in its mount namespace, and whatever carries its name.
///
/// A child in a namespace of its own, which keeps the snapshot mounted, is found by the name in its environment alone.
public struct RunProcesses: Sendable {
    /// The environment variable by which a process says whose it is.
    public static let variable = "LVMBACKUP_RUN"

    private let run: String
    private let mountNamespace: UInt64?
    private let awaited: Set<String>
    private let ignored: Set<String>
    private let table: ProcessTable

    /// - Parameters:
    ///   - mountNamespace: the inode of the run's own; nil where it had none, or where it is not known any more.
    ///   - awaited: base names of executables whose processes are waited for and never killed.
    ///   - ignored: base names of executables whose processes are left alone.
    public init(
        run: String,
        mountNamespace: UInt64? = nil,
        awaiting awaited: Set<String>,
        ignoring ignored: Set<String> = [],
        table: ProcessTable = ProcessTable()
    ) {
        self.run = run
        self.mountNamespace = mountNamespace
        self.awaited = awaited
        self.ignored = ignored
        self.table = table
    }

    /// The environment that marks a child as a run's.
    public static func mark(_ run: String) -> [String: String] { [variable: run] }

    /// Kills them, again and again until none is left.
    ///
    /// - Returns: those that are left when the limit is reached.
    /// - Throws: ``HostError`` where the processes can't be listed.
    public func end(limit: Duration) async throws -> [Int32] {
        let deadline = ContinuousClock.now + limit
        while true {
            let left = try await SerialThread.once(name: "processes") { try killOnce() }
            if left.isEmpty || ContinuousClock.now > deadline { return left }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// - Returns: those that were there.
    private func killOnce() throws -> [Int32] {
        let pids = try table.pids.filter { isOurs($0) && !runs($0, oneOf: ignored) }
        for pid in pids where isKillable(pid) { kill(pid) }
        return pids
    }

    private func isOurs(_ pid: Int32) -> Bool {
        guard pid != getpid() else { return false }
        if let mountNamespace, table.namespace("mnt", of: pid) == mountNamespace { return true }
        return table.run(of: pid) == run
    }

    /// One whose executable can't be read is ending, or can't be told from those that are waited for.
    private func isKillable(_ pid: Int32) -> Bool {
        guard let name = table.executableName(of: pid) else { return false }
        return !awaited.contains(name)
    }

    private func runs(_ pid: Int32, oneOf names: Set<String>) -> Bool {
        guard !names.isEmpty, let name = table.executableName(of: pid) else { return false }
        return names.contains(name)
    }

    /// The descriptor pins the process: what is looked at is what is killed.
    private func kill(_ pid: Int32) {
        let process = Descriptor(owning: linux_pidfd(pid))
        guard process.number >= 0, isOurs(pid) else { return }
        _ = linux_pidfd_kill(process.number, SIGKILL)
    }
}
