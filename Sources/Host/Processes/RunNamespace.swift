internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// The origin of a process.
struct ProcessLineage: Equatable, Sendable {
    var parent: Int32
    var group: Int32
    /// Clock ticks since boot.
    var start: UInt64

    /// The present in the unit of ``start``.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        let ticks = UInt64(sysconf(Int32(_SC_CLK_TCK)))
        return UInt64(time.tv_sec) * ticks + UInt64(time.tv_nsec) * ticks / 1_000_000_000
    }
}

/// A run's own mount namespace, and how to tell its processes from those in a later namespace of the same number.
///
/// The number is free as soon as the run's last process has ended. The kernel gives it to the next namespace at once
/// (measured, Linux 6.18), such as that of a service or of the next run.
package struct RunNamespace: Sendable {
    /// The inode of `/proc/PID/ns/mnt` of the run's processes.
    var inode: UInt64
    /// The run itself.
    var process: Int32
    /// Its process group, which a script may share that starts the next run.
    var group: Int32
    /// From the run's start to its end, in clock ticks since boot.
    var lifetime: ClosedRange<UInt64>

    /// Whether a process is the run, or was left there by it: started while the run lived, by it or by such a process.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``.
    func wasLeft(_ pid: Int32, _ lineage: ProcessLineage, in table: ProcessTable) throws -> Bool {
        guard lifetime.contains(lineage.start), has(pid, in: table) else { return false }
        if pid == process { return lineage.start == lifetime.lowerBound }
        // The run's orphans go to the parent that this process, one of them, has got.
        if lineage.parent == process || lineage.parent == getppid() { return true }
        guard let parent = try table.lineage(of: lineage.parent) else { return false }
        return try wasLeft(lineage.parent, parent, in: table)
    }

    func has(_ pid: Int32, in table: ProcessTable) -> Bool { table.namespace("mnt", of: pid) == inode }
}
