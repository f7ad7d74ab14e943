internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Processes of other users that hold files of a file system of the run.
///
/// A process of the server's user may get there through a process of the run. It would keep the snapshot from being
/// removed as long as it likes.
package struct Intruders: Sendable {
    private let device: DeviceNumber
    private let table: ProcessTable

    init(on device: DeviceNumber, table: ProcessTable = ProcessTable()) {
        self.device = device
        self.table = table
    }

    /// Nil where nothing is mounted there, or where the file system is mounted elsewhere, too.
    ///
    /// It is not the run's alone then: a hook may have named the volume of a running server in place of its snapshot.
    ///
    /// - Parameter target: a mount point of this process's table of mounts.
    /// - Throws: ``HostError`` where the table cannot be read.
    package init?(at target: String) throws {
        let mounts = try MountInfo.read(pid: getpid())
        guard let entry = mounts.entries.last(where: { $0.mountPoint == target }),
            mounts.entries(of: entry.device).allSatisfy({ $0.mountPoint.isBelow(target) })
        else { return nil }
        self.init(on: entry.device)
    }

    /// Kills them, again and again until none is left or the limit is reached.
    ///
    /// Blocks no longer than that.
    ///
    /// - Returns: all that were found.
    /// - Throws: ``HostError`` where the processes cannot be listed.
    @discardableResult
    package func end(limit: Duration = .seconds(5)) throws -> [Holder] {
        let deadline = ContinuousClock.now + limit
        var ended: [Holder] = []
        while true {
            let found = try find(until: deadline)
            for holder in found {
                if !ended.contains(where: { $0.pid == holder.pid }) { ended.append(holder) }
                kill(holder.pid, until: deadline)
            }
            if found.isEmpty || ContinuousClock.now > deadline { return ended }
            usleep(20_000)
        }
    }

    /// Root's processes, and those that this one has started, are none.
    ///
    /// They are looked at in no order: other processes of that user, with many open files, shall not hide the same ones
    /// each time.
    func find(until deadline: ContinuousClock.Instant) throws -> [Holder] {
        try table.pids.shuffled().prefix { _ in ContinuousClock.now < deadline }.compactMap { pid in
            guard table.hasOtherUser(pid), let file = table.heldFile(of: pid, on: device, until: deadline),
                try !table.isDescendant(pid)
            else { return nil }
            return Holder(pid: pid, command: table.command(of: pid) ?? "?", grip: .file(file))
        }
    }

    /// The descriptor pins the process that is looked at once more.
    private func kill(_ pid: Int32, until deadline: ContinuousClock.Instant) {
        let process = Descriptor(owning: linux_pidfd(pid))
        guard process.number >= 0, table.hasOtherUser(pid), table.heldFile(of: pid, on: device, until: deadline) != nil
        else { return }
        _ = linux_pidfd_kill(process.number, SIGKILL)
    }
}
