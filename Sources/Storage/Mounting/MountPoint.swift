import Glibc
package import Host
package import Lifecycle

/// The directory that a snapshot is mounted at: the run's own, and only ever removed empty.
package struct MountPoint: Sendable {
    package let path: String
    /// The run's directory around it; nil where the operator chose the place.
    private let runDirectory: String?

    /// - Parameters:
    ///   - parent: where the operator wants it, as typed.
    ///   - origin: the volume of the snapshot.
    /// - Throws: `HostError` where it cannot be created, or is not this user's own;
    ///   ``StorageError/mountDirectoryOnOrigin(_:)``, ``StorageError/untrustedMountDirectory(_:reason:)``.
    package init(run: String, parent: String?, origin: DeviceNumber?) throws {
        if let parent {
            if let origin { try Self.refuse(parent: parent, on: origin) }
            try FileSystem.ensureDirectory(parent)
            // As the table of mounts is going to name it.
            let real = try Self.trusted(parent)
            let directory = real == "/" ? "" : real
            path = try FileSystem.createPrivateDirectory(in: directory, prefix: "lvmbackup-\(run)-")
            runDirectory = nil
        } else {
            let directory = "\(RunLock.directory)/\(run)"
            try FileSystem.ensurePrivateTree(directory)
            path = try FileSystem.createPrivateDirectory(in: directory, prefix: "mount-")
            runDirectory = directory
        }
    }

    /// A directory of the run's own with a name that is known before it is made.
    ///
    /// - Parameter name: begins with "mount-".
    package init(run: String, name: String) {
        let directory = "\(RunLock.directory)/\(run)"
        path = directory + "/" + name
        runDirectory = directory
    }

    /// Makes a directory whose name was known before.
    ///
    /// - Throws: `HostError`.
    package func make() throws {
        if let runDirectory { try FileSystem.ensurePrivateTree(runDirectory) }
        try FileSystem.ensurePrivateDirectory(path)
    }

    /// Removes the directory around all mount points of a run, should this process die.
    ///
    /// It has to be recorded before the first of them: the undos run in reverse order.
    package static func undo(run: String) -> Release.Undo { removal("\(RunLock.directory)/\(run)") }

    /// Removes a mount point whose name is known before it is made.
    package var intended: Release.Undo { Self.removal(path) }

    private static func removal(_ path: String) -> Release.Undo { .exec(["rm", "-d", "-f", "--", path]) }

    /// Looks at the directory, or where it would be created.
    ///
    /// - Throws: ``StorageError/mountDirectoryOnOrigin(_:)``, ``StorageError/untrustedMountDirectory(_:reason:)``, `HostError`.
    package static func refuse(parent: String, on origin: DeviceNumber) throws {
        var existing = parent[...]
        while access(String(existing), F_OK) != 0, let slash = existing.lastIndex(of: "/"), slash > existing.startIndex
        {
            existing = existing[..<slash]
        }
        let place = access(String(existing), F_OK) == 0 ? String(existing) : parent.isAbsolutePath ? "/" : "."
        guard try FileIdentity(of: place).device != origin else { throw StorageError.mountDirectoryOnOrigin(parent) }
        _ = try trusted(place)
    }

    /// The directory without symbolic links.
    ///
    /// The snapshot is mounted by its path: a link of another user could lay the data over `/etc`.
    private static func trusted(_ directory: String) throws -> String {
        do { return try TrustedFile.directory(directory) } catch TrustedFile.Refusal.untrusted(let path, let reason, _)
        {
            throw StorageError.untrustedMountDirectory(directory, reason: "\"\(path)\" \(reason)")
        } catch TrustedFile.Refusal.unreadable(let path, let reason) {
            throw StorageError.untrustedMountDirectory(directory, reason: "\"\(path)\": \(reason)")
        }
    }

    /// Whether a directory has a name that this program gave it for that run.
    package static func isOurs(_ path: String, run: String) -> Bool {
        path.hasPrefix("\(RunLock.directory)/\(run)/mount-")
            || (path.pathComponents.last ?? "").hasPrefix("lvmbackup-\(run)-")
    }

    /// Unmounts a device from the mount points that a run made, and removes them.
    ///
    /// A run without a mount namespace of its own leaves its mount behind.
    package static func unmountAll(of device: DeviceNumber, run: String) async throws {
        let mounts = Mounts()
        let points = try MountInfo.read().entries(of: device).map(\.mountPoint)
        for point in points where isOurs(point, run: run) {
            try await mounts.unmount(point)
            try FileSystem.removeDirectory(point)
        }
    }

    /// Removes it from outside, should this process die; nil where a stale run's own directory is removed anyway.
    package var undo: Release.Undo? { runDirectory == nil ? Self.removal(path) : nil }

    /// Removes the empty directories of a run that is dead.
    package static func removeLeftovers(run: String) throws {
        let directory = "\(RunLock.directory)/\(run)"
        // There is no such directory.
        guard let names = try? listDirectory(directory) else { return }
        for name in names { try FileSystem.removeDirectory("\(directory)/\(name)") }
        try FileSystem.removeDirectory(directory)
    }

    package func remove() throws {
        try FileSystem.removeDirectory(path)
        // It may still hold something else of the run, and is removed with that.
        if let runDirectory { try? FileSystem.removeDirectory(runDirectory) }
    }
}
