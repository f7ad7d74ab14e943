internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Programs of a run that hold files of a file system which is about to be unmounted: a hook's program left them in the
/// background.
///
/// They are found by the run's name in their environment.
package struct MarkedHolders: Sendable {
    private let run: String
    private let device: DeviceNumber
    private let table: ProcessTable

    package init(of run: String, on device: DeviceNumber, table: ProcessTable = ProcessTable()) {
        self.run = run
        self.device = device
        self.table = table
    }

    /// Kills them.
    ///
    /// Blocks.
    ///
    /// - Parameter limit: how long their files are looked at: a process may have a million of them.
    /// - Returns: all that were found.
    /// - Throws: ``HostError`` where the processes cannot be listed.
    package func end(limit: Duration = .seconds(5)) throws -> [Holder] {
        let deadline = ContinuousClock.now + limit
        var patience = 1000
        return try table.pids.compactMap { pid in
            guard pid != getpid(), let file = held(by: pid, until: deadline, &patience) else { return nil }
            // The descriptor pins the process that is looked at once more.
            let process = Descriptor(owning: linux_pidfd(pid))
            guard process.number >= 0, held(by: pid, until: deadline, &patience) != nil else { return nil }
            let holder = Holder(pid: pid, command: table.command(of: pid) ?? "?", grip: .file(file))
            _ = linux_pidfd_kill(process.number, SIGKILL)
            return holder
        }
    }

    private func held(by pid: Int32, until deadline: ContinuousClock.Instant, _ patience: inout Int) -> String? {
        guard table.run(of: pid, patience: &patience) == run else { return nil }
        return table.heldFile(of: pid, on: device, until: deadline)
    }
}
