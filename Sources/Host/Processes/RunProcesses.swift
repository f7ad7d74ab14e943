internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// The remaining processes of a run that has ended: those in its mount namespace, and those that carry its name.
///
/// A child in a namespace of its own, which keeps the snapshot mounted, is found by the name in its environment alone.
package struct RunProcesses: Sendable {
    /// The environment variable that names the run of a process.
    package static let variable = "LVMBACKUP_RUN"

    private let run: String
    private let namespace: RunNamespace?
    private let awaited: Set<String>
    private let ignored: Set<String>
    private let table: ProcessTable

    /// - Parameters:
    ///   - namespace: the run's own; nil where it had none, or where it is not known any more.
    ///   - awaited: base names of executables whose processes are waited for and never killed.
    ///   - ignored: base names of executables whose processes are left alone.
    package init(
        run: String,
        namespace: RunNamespace? = nil,
        awaiting awaited: Set<String>,
        ignoring ignored: Set<String> = [],
        table: ProcessTable = ProcessTable()
    ) {
        self.run = run
        self.namespace = namespace
        self.awaited = awaited
        self.ignored = ignored
        self.table = table
    }

    /// The environment that marks a child as a run's.
    package static func mark(_ run: String) -> [String: String] { [variable: run] }

    /// Kills them, again and again until none is left.
    ///
    /// - Returns: those that are left when the limit is reached.
    /// - Throws: ``HostError`` where the processes cannot be listed.
    package func end(limit: Duration) async throws -> [Int32] {
        let deadline = ContinuousClock.now + limit
        var known: Family?
        while true {
            let found = try await SerialThread.once(name: "processes") { [known] in
                let found = try find(beside: known)
                for pid in found.living where isKillable(pid) { kill(pid, found) }
                return found
            }
            if found.living.isEmpty || ContinuousClock.now > deadline { return found.living }
            known = found
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The run's processes, as far as they have been seen.
    struct Family: Sendable {
        /// Those of the last look.
        var living: [Int32] = []
        fileprivate var starts: [Int32: UInt64] = [:]
        fileprivate var groups: Set<Int32> = []

        fileprivate mutating func add(_ pid: Int32, _ lineage: ProcessLineage) {
            living.append(pid)
            starts[pid] = lineage.start
            groups.insert(lineage.group)
        }
    }

    /// - Parameter known: the processes found before; nil for the first look.
    func find(beside known: Family?) throws -> Family {
        var family = known ?? Family()
        family.living = []
        var patience = 2000
        for pid in try table.pids where pid != getpid() {
            guard let lineage = try table.lineage(of: pid), try isOurs(pid, lineage, known, &patience),
                !runs(pid, oneOf: ignored)
            else { continue }
            family.add(pid, lineage)
        }
        if let namespace { family.groups.remove(namespace.group) }
        return family
    }

    /// In the namespace the first look finds all; later there is only what those have started since.
    private func isOurs(
        _ pid: Int32,
        _ lineage: ProcessLineage,
        _ known: Family?,
        _ patience: inout Int
    ) throws -> Bool {
        if let namespace, namespace.has(pid, in: table) {
            let isLeft = try known.map { try descends(pid, lineage, $0) } ?? namespace.wasLeft(pid, lineage, in: table)
            if isLeft { return true }
        }
        return table.run(of: pid, patience: &patience) == run
    }

    private func descends(_ pid: Int32, _ lineage: ProcessLineage, _ known: Family) throws -> Bool {
        // The process group identifies a process whose parent has been killed already.
        if known.starts[pid] == lineage.start || known.groups.contains(lineage.group) { return true }
        guard let start = known.starts[lineage.parent] else { return false }
        return try table.isAlive(pid: lineage.parent, startTime: start)
    }

    /// A process of this user whose executable cannot be read is ending, or cannot be told from the awaited ones.
    private func isKillable(_ pid: Int32) -> Bool {
        guard table.isOwn(pid) else { return true }
        guard let name = table.executableName(of: pid) else { return false }
        return !awaited.contains(name)
    }

    private func runs(_ pid: Int32, oneOf names: Set<String>) -> Bool {
        guard !names.isEmpty, table.isOwn(pid), let name = table.executableName(of: pid) else { return false }
        return names.contains(name)
    }

    /// The descriptor pins the process: the kill reaches the process that was found.
    private func kill(_ pid: Int32, _ found: Family) {
        let process = Descriptor(owning: linux_pidfd(pid))
        // A process that cannot be read has ended.
        guard process.number >= 0, let start = try? table.startTime(of: pid), start == found.starts[pid] else { return }
        _ = linux_pidfd_kill(process.number, SIGKILL)
    }
}
