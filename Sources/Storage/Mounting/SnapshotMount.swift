import Glibc
package import Host
package import Lifecycle

/// A snapshot's file system, mounted.
package struct SnapshotMount: Sendable {
    private let run: String
    private let device: String
    package let point: MountPoint
    package var filesystem: SnapshotFileSystem
    private let mounts: Mounts

    /// - Parameters:
    ///   - run: marks the programs of the run, which end before the mount.
    ///   - device: the node of the snapshot.
    package init(
        run: String,
        device: String,
        point: MountPoint,
        filesystem: SnapshotFileSystem,
        mounts: Mounts = Mounts()
    ) {
        self.run = run
        self.device = device
        self.point = point
        self.filesystem = filesystem
        self.mounts = mounts
    }

    /// Writable, so that the file system replays its journal and the server recovers.
    package func mount() async throws {
        try await mounts.mount(
            device,
            at: point.path,
            fileSystem: filesystem.name,
            options: .harmless,
            data: filesystem.options
        )
    }

    /// Read-only, and without a replay of the journal: not a byte of the device changes.
    ///
    /// The file system has to have been frozen for the snapshot: its tree is whole without its journal.
    ///
    /// - Parameter options: ``SnapshotFileSystem/unchangingOptions``.
    /// - Throws: `HostError`.
    package func mountUnchanged(_ options: String) async throws {
        try await mounts.mount(
            device,
            at: point.path,
            fileSystem: filesystem.name,
            options: [.harmless, .readOnly],
            data: options
        )
    }

    package func makeReadOnly() async throws {
        try await mounts.makeReadOnly(point.path, options: .harmless)
    }

    /// - Throws: ``StorageError/wrongMount(_:reason:)`` where another device is seen there.
    package func proveDevice() throws {
        let node = try FileIdentity(of: device).represents
        let seen = try FileIdentity(of: point.path).device
        guard node == seen else {
            throw StorageError.wrongMount(point.path, reason: "it shows device \(seen), the snapshot is \(node)")
        }
    }

    /// A directory of the snapshot.
    ///
    /// The server's user may have put a symbolic link on the way to it, which would lead to files of this host.
    ///
    /// - Parameter below: its path from the top of the file system; empty for the top itself.
    /// - Throws: ``StorageError/wrongMount(_:reason:)`` where it is no directory, or behind a link; `HostError`.
    package func directory(_ below: String) throws -> HeldDirectory {
        let top = try HeldDirectory(point.path)
        guard !below.isEmpty else { return top }
        do { return try top.directory(FileName(below)) } catch HostError.systemCall(_, _, let errno)
            where [ELOOP, ENOTDIR, ENOENT].contains(errno)
        {
            let reason = errno == ELOOP ? "is behind a symbolic link in it" : "is not a directory in it"
            throw StorageError.wrongMount(point.path, reason: "\"\(below)\" \(reason)")
        }
    }

    private static let pauses: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(1), .seconds(1), .seconds(2), .seconds(2),
        .seconds(3), .seconds(3), .seconds(5), .seconds(5), .seconds(5), .seconds(5),
    ]

    /// Unmounts and removes the mount point.
    ///
    /// It is no error if it is unmounted already.
    ///
    /// - Parameter warn: gets each program of the run that was ended because it kept the mount busy.
    /// - Throws: `HostError.busy` with the holders, when all attempts failed.
    package func unmount(_ warn: @Sendable (String) -> Void = { _ in }) async throws {
        var failure: (any Error)?
        for pause in Self.pauses {
            try await Task.sleep(for: pause)
            guard try mounts.isMounted(point.path) else {
                try point.remove()
                return
            }
            do {
                try await mounts.unmount(point.path)
            } catch {
                failure = error
                try await endHolders(warn)
            }
        }
        guard try mounts.isMounted(point.path) else { return try point.remove() }
        if let failure { throw failure }
    }

    /// Ends the programs that hooks left in the background: no process of the run outlives its mount.
    private func endHolders(_ warn: @Sendable (String) -> Void) async throws {
        let (run, path) = (run, point.path)
        let ended = try await SerialThread.once(name: "holders") {
            try MarkedHolders(of: run, on: FileIdentity(of: path).device).end()
        }
        for holder in ended { warn("a program that a hook left in the background was ended: \(holder)") }
    }

    /// No command: in a namespace of the run's own no other process could unmount it, and there it goes with the run.
    package func release(_ warn: @escaping @Sendable (String) -> Void) -> Release {
        let name = "mount \"\(point.path)\""
        return Release(name, repair: "lvmbackup cleanup", handler: { try await unmount(warn) })
    }
}
