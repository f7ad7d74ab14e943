internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A confined child with all processes that it has started, also those that have left its process group, its session or
/// their parent.
///
/// They are those of its user namespace, and of namespaces that were made in it: no process gets out of one. Where the
/// kernel has no user namespaces, no user but root makes mount namespaces either: they are those of the child's mount
/// namespace.
struct ConfinedFamily: Sendable {
    private enum Bond {
        case user, mounts
    }

    private let bond: Bond
    /// Held, so that no later namespace gets its number.
    private let space: Descriptor
    private let table = ProcessTable()

    /// - Parameter space: the user namespace that was made for the child.
    init(of space: Descriptor) { (bond, self.space) = (.user, space) }

    /// - Parameter space: the mount namespace of the child, in which other children of this process may be.
    init(in space: Descriptor) { (bond, self.space) = (.mounts, space) }

    /// Kills them, again and again until none is left or the limit is reached; blocks.
    ///
    /// - Returns: those that are left.
    @discardableResult
    func end(limit: Duration = .seconds(5)) -> [Int32] {
        let deadline = ContinuousClock.now + limit
        while true {
            // A failed search is ignored: where such a process is in the way, the act that it hinders fails and names it.
            let found = (try? find(until: deadline)) ?? []
            for pid in found { kill(pid) }
            if found.isEmpty || ContinuousClock.now > deadline { return found }
            usleep(2000)
        }
    }

    /// They are looked at in no order: many processes of other users shall not always hide the same ones.
    func find(until deadline: ContinuousClock.Instant) throws -> [Int32] {
        let known = try FileStatus(of: space, "namespace").identity
        return try table.pids.shuffled().prefix { _ in ContinuousClock.now < deadline }.filter { pid in
            try has(pid, known) && table.executable(of: pid) != nil
        }
    }

    private func has(_ pid: Int32, _ known: FileIdentity) throws -> Bool {
        switch bond {
        case .user: return isIn(pid, known)
        case .mounts:
            return try table.namespace("mnt", of: pid) == known.inode && !table.isDescendant(pid)
        }
    }

    /// Whether the process's user namespace is the known one, or was made in it.
    private func isIn(_ pid: Int32, _ known: FileIdentity) -> Bool {
        // Unreadable means ended.
        guard var next = try? Descriptor.open("/proc/\(pid)/ns/user", O_RDONLY) else { return false }
        // The kernel allows 32 levels.
        for _ in 0..<33 {
            guard let identity = try? FileStatus(of: next, "namespace").identity else { return false }
            if identity.isSameFile(as: known) { return true }
            next = Descriptor(owning: linux_parent_of_namespace(next.number))
            guard next.number >= 0 else { return false }
        }
        return false
    }

    /// The descriptor pins the process that is looked at once more.
    private func kill(_ pid: Int32) {
        let process = Descriptor(owning: linux_pidfd(pid))
        guard process.number >= 0, let known = try? FileStatus(of: space, "namespace").identity,
            (try? has(pid, known)) == true
        else { return }
        _ = linux_pidfd_kill(process.number, SIGKILL)
    }
}
