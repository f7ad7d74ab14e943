package import Host
package import Lifecycle
import Storage

/// Mounts a kept snapshot so that a server can write to its files while the snapshot stays as it is.
///
/// A thin snapshot gets a writable thin snapshot of its own. A thick one is mounted read-only, with an overlay whose upper
/// directory takes the changes.
package struct KeptSnapshotMount: Sendable {
    private let tools: LVMTools
    private let identity: Identity
    private let run: String
    private let scope: ReleaseScope
    private let lockDirectory: String
    private let intend: @Sendable (RecordedUndo) throws -> Void
    private let mounts = Mounts()

    /// - Parameters:
    ///   - run: marks the things that are made.
    ///   - scope: releases the things that are made.
    ///   - intend: gets the undo of a thing before it is made.
    package init(
        tools: LVMTools = LVMTools(),
        run: String,
        scope: ReleaseScope,
        lockDirectory: String = RunLock.directory,
        intend: @escaping @Sendable (RecordedUndo) throws -> Void
    ) throws {
        self.tools = tools
        self.run = run
        self.scope = scope
        self.lockDirectory = lockDirectory
        self.intend = intend
        identity = try Identity.current()
    }

    /// - Parameters:
    ///   - scratch: makes a directory for the changes to a thick snapshot; it is released after the mounts.
    /// - Returns: the mounted file system.
    /// - Throws: ``LVMError``, `HostError`, what `scratch` throws; `CancellationError`.
    package func mount(
        _ kept: KeptSnapshot,
        scratch: () async throws -> String
    ) async throws -> MountedSnapshot {
        let snapshots = KeptSnapshots(tools: tools, here: identity)
        let found = try await snapshots.find(kept)
        try intend(RecordedUndo(MountPoint.undo(run: run), for: .mountPoint))
        let top: SnapshotMount
        if found.snapshot.isThin {
            let clone = try SnapshotClone(
                of: found,
                run: run,
                tools: tools,
                identity: identity,
                lockDirectory: lockDirectory
            )
            scope.add(clone.release)
            // The record of the mount comes first: by the record the next command knows that lvcreate may be at work.
            var mount = try make("mount-snapshot", of: clone.plan.device, SnapshotFileSystem(""))
            try await clone.make()
            mount.filesystem = try await SnapshotFileSystem(on: clone.plan.device, by: tools.commands)
            try await mount.mount()
            top = mount
            try await SerialThread.once(name: "prove") { try top.proveDevice() }
        } else {
            top = try await overlay(found.snapshot, try await scratch())
        }
        return MountedSnapshot(mount: top) { _ = try await snapshots.find(kept) }
    }

    private func overlay(_ snapshot: LogicalVolume, _ scratch: String) async throws -> SnapshotMount {
        guard snapshot.device != nil else {
            throw LVMError.inactive(snapshot.fullName, origin: "\(snapshot.group)/\(snapshot.origin)")
        }
        try await tools.awaitNode(snapshot.path, of: snapshot.fullName)
        let fileSystem = try await SnapshotFileSystem(on: snapshot.path, by: tools.commands)
        let lower = try make("mount-snapshot", of: snapshot.path, fileSystem)
        guard let options = fileSystem.unchangingOptions else {
            throw LVMError.unchangeable(device: snapshot.path, fileSystem: fileSystem.name)
        }
        try await lower.mountUnchanged(options)
        let top = try make("mount-overlay", of: "overlay", SnapshotFileSystem("overlay"))
        let (upper, work) = try await SerialThread.once(name: "prove") {
            try lower.proveDevice()
            return try Self.prepare(HeldDirectory(scratch), like: lower.directory("").status())
        }
        // By descriptors: names may hold letters that separate options, or be exchanged.
        let directories = [("lowerdir", try lower.directory("")), ("upperdir", upper), ("workdir", work)]
        try await mounts.mount(
            "overlay",
            at: top.point.path,
            fileSystem: "overlay",
            options: .harmless,
            data: directories.map { "\($0)=/proc/self/fd/\($1.number)" }.joined(separator: ",")
        )
        withExtendedLifetime(directories) {}
        return top
    }

    /// The directories of the changes.
    ///
    /// The upper one gives its owner and mode to the top of the overlay.
    private static func prepare(_ scratch: HeldDirectory, like top: FileStatus) throws -> (HeldDirectory, HeldDirectory)
    {
        let upper = try scratch.createDirectory("upper", mode: 0o700)
        try upper.setOwner(uid: top.identity.uid, gid: top.identity.gid)
        try upper.setMode(top.identity.mode & 0o777)
        return (upper, try scratch.createDirectory("work", mode: 0o700))
    }

    /// Makes the mount point, and registers its release with the mount's.
    private func make(_ name: String, of device: String, _ fileSystem: SnapshotFileSystem) throws -> SnapshotMount {
        let mount = SnapshotMount(
            run: run,
            device: device,
            point: MountPoint(run: run, name: name),
            filesystem: fileSystem,
            mounts: mounts
        )
        try intend(RecordedUndo(mount.point.intended, for: .mountPoint))
        scope.add(mount.release { _ in })
        try mount.point.make()
        return mount
    }
}

/// The file system of a kept snapshot.
///
/// Changes of its files are lost at the end of the work.
package struct MountedSnapshot: Sendable {
    let mount: SnapshotMount
    /// Throws where the snapshot has become invalid meanwhile.
    package let check: @Sendable () async throws -> Void

    init(mount: SnapshotMount, check: @escaping @Sendable () async throws -> Void) {
        self.mount = mount
        self.check = check
    }

    /// A directory of the file system.
    ///
    /// No symbolic link is on the way.
    ///
    /// - Parameter below: its path from the top; empty for the top itself.
    /// - Throws: ``StorageError/wrongMount(_:reason:)``, `HostError`.
    package func directory(_ below: String) throws -> HeldDirectory { try mount.directory(below) }
}
