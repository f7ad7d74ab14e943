import Host
package import Lifecycle

/// Proves that a mount which a hook made shows the snapshot, and in it the server's data.
package enum MountProof {
    /// To be asked right after the hook; a mount that is refused is undone with the run.
    ///
    /// - Throws: ``StorageError/wrongMount(_:reason:)``, `HostError`.
    package static func check(_ mount: Mount, _ run: Run) async throws {
        let (snapshot, server) = (run.snapshot, run.server)
        do {
            let isProven = try await SerialThread.once(name: "prove") {
                () throws -> Bool in try Self.isProven(mount.path, at: mount.mountPoint, snapshot, server)
            }
            if !isProven { run.warn("cannot verify that \"\(mount.path)\" is a copy of the data: only a hook says so") }
        } catch {
            run.undo(mount.release)
            throw error
        }
    }

    /// False where neither the snapshot's device nor the server's process is known.
    ///
    /// - Parameter mountPoint: where the root of the snapshot's file system is; nil where it is not known.
    /// - Throws: ``StorageError/wrongMount(_:reason:)``, `HostError`.
    static func isProven(
        _ path: String,
        at mountPoint: String? = nil,
        _ snapshot: Snapshot?,
        _ server: Server?
    ) throws -> Bool {
        guard try FileIdentity(of: path).isDirectory else {
            throw StorageError.wrongMount(path, reason: "it is not a directory")
        }
        let isSnapshot = try snapshot.map { try shows($0.device, path) } ?? false
        guard let server, let process = server.process else { return isSnapshot }
        let top = try mountPoint.map { try HeldDirectory($0 + "/.") }
        try IdentityProof(process, server.datadir).prove(HeldDirectory(path + "/."), in: top)
        return true
    }

    /// Whether the path is in the snapshot; false where the device is a name that the kernel does not know.
    ///
    /// - Throws: ``StorageError/wrongMount(_:reason:)`` where it is elsewhere.
    private static func shows(_ device: String, _ path: String) throws -> Bool {
        // A name of another kind, such as that of a snapshot in ZFS.
        guard device.isAbsolutePath, let identity = try? FileIdentity(of: device) else { return false }
        if identity.isDirectory {
            let (place, real) = (try FileSystem.realPath(device), try FileSystem.realPath(path))
            guard real == place || real.hasPrefix(place + "/") else {
                throw StorageError.wrongMount(path, reason: "it is not in \"\(device)\"")
            }
            return true
        }
        guard identity.isBlockDevice else { return false }
        let seen = try FileIdentity(of: path).device
        guard seen == identity.represents || DeviceChain.stands(seen, on: identity.represents) else {
            throw StorageError.wrongMount(
                path,
                reason: "it shows device \(seen), the snapshot is \(identity.represents)"
            )
        }
        return true
    }
}
