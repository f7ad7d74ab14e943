internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A copy of a process's mount namespace, with its root directory, in which mounts are taken away and directories laid
/// over others.
///
/// Its other mounts are read-only, where the kernel can: no file of another volume is changed.
///
/// Children enter it; it is gone with the last of them and this value.
///
/// One thread that ends afterwards makes it. No program runs in it meanwhile.
package final class NamespaceCopy: Sendable {
    /// A directory, held by descriptor, that is laid over a path of the process's root directory.
    package struct Cover: Sendable {
        package var source: HeldDirectory
        package var target: String

        package init(_ source: HeldDirectory, over target: String) {
            self.source = source
            self.target = target
        }
    }

    let namespace: Descriptor
    /// The process's root directory in the copy.
    let root: Descriptor
    /// All mounts of the copy, as seen from its top.
    package let mounts: MountInfo
    /// The mount that holds the root directory.
    package let rootMount: Int
    /// Whether all mounts but the covers are read-only: the kernel does that since Linux 5.12.
    package let isReadOnly: Bool

    /// Blocks.
    ///
    /// The calling thread has to end afterwards: it stays in the copy.
    ///
    /// - Parameters:
    ///   - pid: nil for the calling process.
    ///   - device: its mounts are taken away, except for the mount of the root directory; nil for none.
    ///   - keepsDevice: its mounts stay, and only the mounts below them are taken away.
    ///   - covers: laid in this order.
    /// - Throws: ``HostError``; ``HostError/foreignNamespace(pid:)``.
    init(of pid: Int32?, without device: DeviceNumber?, keepsDevice: Bool = false, covers: [Cover]) throws {
        let proc = try Descriptor.open("/proc", O_PATH | O_DIRECTORY)
        // Mounts can be cloned in the namespace that has them only.
        let trees = try covers.map { try Self.tree($0.source) }
        let process = pid.map { "/proc/\($0)" } ?? "/proc/self"
        let original = try Descriptor.open(process + "/ns/mnt", O_RDONLY)
        try Self.checkOwner(of: original, pid)
        let originalRoot = try Descriptor.open(process + "/root", O_PATH | O_DIRECTORY)
        guard linux_copy_mounts(original.number, originalRoot.number) == 0 else {
            throw HostError.last("setns", "mount namespace of process \(pid ?? getpid())")
        }
        root = try Self.open(".", O_PATH | O_DIRECTORY, at: AT_FDCWD, process + "/root")
        rootMount = try Self.mountID(of: root, proc)
        if let device { try Self.remove(device, keepsDevice, except: rootMount, proc) }
        // The covers come later, and stay as they are.
        isReadOnly = linux_make_mounts_read_only() == 0
        for (tree, cover) in zip(trees, covers) { try Self.attach(tree, cover, root) }
        let (table, top) = (try Self.table(proc), rootMount)
        mounts = table
        guard table.entries.contains(where: { $0.id == top }) else {
            throw HostError.malformed(process + "/root", reason: "it is not in the process's mount namespace")
        }
        namespace = try Self.open("thread-self/ns/mnt", O_RDONLY, at: proc.number, "mount namespace")
    }

    /// Makes the copy on a thread of its own, which is left behind when the task is cancelled.
    ///
    /// - Throws: ``HostError``.
    package static func make(
        of pid: Int32?,
        without device: DeviceNumber?,
        keepsDevice: Bool = false,
        covers: [Cover]
    ) async throws -> NamespaceCopy {
        try await SerialThread.looking(name: "namespace") {
            try NamespaceCopy(of: pid, without: device, keepsDevice: keepsDevice, covers: covers)
        }
    }

    /// The file that a process in the copy finds at a path; no symbolic link is followed, nor is anything opened.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func identity(of path: String) throws -> FileIdentity {
        try FileStatus(of: Self.place(path, O_PATH, root), path).identity
    }

    // MARK: Making it

    /// Mounts of a namespace that another user made show that user's files in the place of the system's.
    private static func checkOwner(of namespace: Descriptor, _ pid: Int32?) throws {
        // Without user namespaces there is no other owner.
        guard let pid, access("/proc/self/ns/user", F_OK) == 0 else { return }
        let owner = Descriptor(owning: linux_owner_of_namespace(namespace.number))
        let own = try Descriptor.open("/proc/self/ns/user", O_RDONLY)
        let name = "user namespace of process \(pid)"
        // Without the right to look at it, it is not a namespace of this user.
        guard owner.number >= 0,
            try FileStatus(of: owner, name).identity.isSameFile(as: FileStatus(of: own, name).identity)
        else { throw HostError.foreignNamespace(pid: pid) }
    }

    /// Whether a process's mounts are those of a namespace that root of this system made.
    ///
    /// - Throws: ``HostError/foreignNamespace(pid:)`` where they are not.
    package static func check(_ pid: Int32) throws {
        try checkOwner(of: Descriptor.open("/proc/\(pid)/ns/mnt", O_RDONLY), pid)
    }

    private static func tree(_ source: HeldDirectory) throws -> Descriptor {
        let number = linux_clone_tree(source.number)
        guard number >= 0 else { throw HostError.last("open_tree", source.path) }
        return Descriptor(owning: number)
    }

    private static func attach(_ tree: Descriptor, _ cover: Cover, _ root: Descriptor) throws {
        let target = try place(cover.target, O_PATH | O_DIRECTORY, root)
        guard linux_attach_tree(tree.number, target.number) == 0 else {
            throw HostError.last("move_mount", "\(cover.source.path) over \(cover.target)")
        }
    }

    /// Mounts may be stacked, and hide each other: each round takes away the visible ones.
    private static func remove(_ device: DeviceNumber, _ keepsDevice: Bool, except kept: Int, _ proc: Descriptor)
        throws
    {
        for _ in 0..<64 {
            let all = try table(proc).entries.filter { $0.id != kept && $0.mountPoint != "/" }
            let own = all.filter { $0.device == device }
            let below = all.filter { entry in
                entry.device != device && own.contains { entry.mountPoint.isBelow($0.mountPoint) }
            }
            let points = (keepsDevice ? below : own).map(\.mountPointBytes)
            if points.isEmpty { return }
            for point in points.reversed() {
                let status = FileName(bytes: point).withCString { umount2($0, Int32(MNT_DETACH | UMOUNT_NOFOLLOW)) }
                // A mount below another one is gone with it.
                guard status == 0 || errno == EINVAL || errno == ENOENT else {
                    throw HostError.last("umount", String(decoding: point, as: UTF8.self))
                }
            }
        }
    }

    private static func table(_ proc: Descriptor) throws -> MountInfo {
        try MountInfo(parsing: read("thread-self/mountinfo", proc))
    }

    private static func mountID(of file: Descriptor, _ proc: Descriptor) throws -> Int {
        let text = String(decoding: try read("thread-self/fdinfo/\(file.number)", proc), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("mnt_id:") }
        guard let id = line?.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) else {
            throw HostError.malformed("fdinfo", reason: "no mount id")
        }
        return id
    }

    private static func read(_ name: String, _ proc: Descriptor) throws -> [UInt8] {
        let file = try open(name, O_RDONLY, at: proc.number, "/proc/" + name)
        return try file.readToEnd("/proc/" + name)
    }

    private static func open(_ path: String, _ flags: Int32, at directory: Int32, _ name: String) throws -> Descriptor {
        let number = openat(directory, path, flags | O_CLOEXEC)
        guard number >= 0 else { throw HostError.last("open", name) }
        return Descriptor(owning: number)
    }

    private static func place(_ path: String, _ flags: Int32, _ root: Descriptor) throws -> Descriptor {
        let relative = path.drop { $0 == "/" }
        let number = linux_open_beneath(root.number, relative.isEmpty ? "." : String(relative), flags, 0)
        guard number >= 0 else { throw HostError.last("open", path) }
        return Descriptor(owning: number)
    }
}
