import Host
package import Lifecycle
import Storage

/// A new volume whose file system is mounted for a restore.
package struct NewVolumeMount: Sendable {
    private let volume: NewVolume
    private let mount: SnapshotMount

    /// The directory that is restored to.
    package var path: String { mount.point.path }

    /// Makes the volume and mounts it in the run's directory.
    ///
    /// - Parameters:
    ///   - scope: releases the mount, and removes the volume unless it is kept.
    ///   - intend: gets the undo of the mount point before that is made.
    /// - Throws: ``LVMError``, `HostError`, `CancellationError`.
    package init(
        _ volume: NewVolume,
        scope: ReleaseScope,
        intend: (RecordedUndo) throws -> Void
    ) async throws {
        self.volume = volume
        let run = volume.tags.run
        let mount = SnapshotMount(
            run: run,
            device: volume.request.device,
            point: MountPoint(run: run, name: "mount-restore"),
            filesystem: SnapshotFileSystem(volume.fileSystem.rawValue),
            mounts: Mounts()
        )
        self.mount = mount
        // By the record the next command knows that lvcreate may be at work.
        try intend(RecordedUndo(MountPoint.undo(run: run), for: .mountPoint))
        try intend(RecordedUndo(mount.point.intended, for: .mountPoint))
        scope.add(volume.release)
        try await volume.make()
        scope.add(mount.release { _ in })
        try mount.point.make()
        try await mount.mount()
        try await SerialThread.once(name: "prove") {
            try mount.proveDevice()
            // mkfs.ext4 makes it, and servers take it for a database.
            try mount.directory("").removeDirectory("lost+found")
        }
    }

    /// Unmounts the complete data, and hands the volume over to the operator.
    ///
    /// - Throws: ``LVMError``, `HostError`, `CancellationError`; the scope removes the volume then.
    package func finish() async throws {
        try await mount.unmount()
        try await volume.keep()
    }
}
