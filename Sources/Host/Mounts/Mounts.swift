internal import CLinux
internal import Faults

#if canImport(Glibc)
    import Glibc
#endif

/// Mounts file systems and unmounts them, in the namespace of the process.
///
/// The calls may block for as long as a device does: they run on a thread of their own.
package struct Mounts: Sendable {
    /// How a file system is mounted.
    package struct Options: OptionSet, Sendable {
        package let rawValue: UInt

        package init(rawValue: UInt) { self.rawValue = rawValue }

        package static let readOnly = Options(rawValue: UInt(MS_RDONLY))
        package static let noSetUserID = Options(rawValue: UInt(MS_NOSUID))
        package static let noDevices = Options(rawValue: UInt(MS_NODEV))
        package static let noExecution = Options(rawValue: UInt(MS_NOEXEC))
        package static let noAccessTimes = Options(rawValue: UInt(MS_NOATIME))

        /// For data that comes from elsewhere: no setuid, no device nodes, no programs, no access times.
        package static let harmless: Options = [.noSetUserID, .noDevices, .noExecution, .noAccessTimes]
    }

    private let thread = SerialThread(name: "mounts")

    package init() {}

    /// - Parameter data: options of the file system itself, such as "nouuid"; empty for none.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func mount(
        _ device: String,
        at target: String,
        fileSystem: String,
        options: Options,
        data: String = ""
    ) async throws {
        try await thread.run {
            try Faults.passBlocking("command/mount", .entry)
            guard Glibc.mount(device, target, fileSystem, options.rawValue, data.isEmpty ? nil : data) == 0 else {
                throw HostError.last("mount", "\(device) at \(target)")
            }
            try Faults.passBlocking("command/mount", .exit)
        }
    }

    /// From now on no process can write through the mount, nor the file system to its device.
    ///
    /// - Parameter options: those it was mounted with; a remount replaces them all.
    package func makeReadOnly(_ target: String, options: Options, data: String = "") async throws {
        let flags = options.union(.readOnly).rawValue | UInt(MS_REMOUNT)
        try await thread.run {
            Self.endIntruders(at: target)
            guard Glibc.mount(nil, target, nil, flags, data.isEmpty ? nil : data) == 0 else {
                throw HostError.last("remount", target)
            }
        }
    }

    /// Unmounts the mount at `target`, without following a symbolic link there.
    ///
    /// - Throws: ``HostError/busy(_:holders:)`` with the processes that use it.
    package func unmount(_ target: String) async throws {
        try await thread.run {
            try Faults.passBlocking("command/umount", .entry)
            Self.endIntruders(at: target)
            guard umount2(target, Int32(UMOUNT_NOFOLLOW)) != 0 else {
                return try Faults.passBlocking("command/umount", .exit)
            }
            guard errno == EBUSY else { throw HostError.last("umount", target) }
            throw HostError.busy(target, holders: Self.holders(at: target))
        }
    }

    /// Whether something is mounted at exactly `target`.
    package func isMounted(_ target: String) throws -> Bool {
        try MountInfo.read(pid: getpid()).entries.contains { $0.mountPoint == target }
    }

    /// Processes of other users would keep the file system busy, also through mounts of other namespaces.
    private static func endIntruders(at target: String) {
        // A failed search is ignored: where such processes are in the way, the call itself fails and names them. A file
        // system that has been shut down does not answer, but has its line in the table.
        _ = try? Intruders(at: target)?.end()
    }

    private static func holders(at target: String) -> [Holder] {
        // The error itself is that it is busy; the list of processes is additional.
        guard let file = try? FileIdentity(of: target) else { return [] }
        let holders = (try? ProcessTable().holders(of: file.device)) ?? []
        return holders.filter { $0.pid != getpid() || $0.grip != .mount(target) }
    }
}
