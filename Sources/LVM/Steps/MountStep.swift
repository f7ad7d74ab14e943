internal import Faults
import Host
package import Lifecycle
import Storage

/// Mounts the snapshot where its content can do no harm, and proves that it is the server's data.
package struct MountStep: StepProvider {
    package let name = "lvm"
    private let tools: LVMTools
    private let parent: String?

    /// - Parameter parent: `--mount-directory`, below which the mount point is created; nil for
    ///   /run/lvmbackup/RUN.
    package init(tools: LVMTools = LVMTools(), parent: String? = nil) {
        self.tools = tools
        self.parent = parent
    }

    /// Refuses a mount directory on the volume that is going to be snapshotted: to be called before the lock.
    ///
    /// - Throws: ``StorageError/mountDirectoryOnOrigin(_:)``, `HostError`.
    package func check(origin: Volume) async throws {
        guard let parent, let device = DeviceNumber(origin.deviceNumber) else { return }
        try await SerialThread.once(name: "mount") { try MountPoint.refuse(parent: parent, on: device) }
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let volume = run.location?.volume else { return [] }
        let data = SnapshotFileSystem(volume.filesystem).options
        let options = "nosuid,nodev,noexec,noatime" + (data.isEmpty ? "" : ",\(data)")
        return ["mount -t \(volume.filesystem) -o \(options) SNAPSHOT \(parent ?? RunLock.directory)/\(run.id)/…"]
    }

    /// - Throws: ``LVMError``, `HostError`; nothing is left mounted then.
    package func provide(_ run: Run) async throws -> Provision<Mount> {
        guard let snapshot = run.snapshot, let location = run.location, let server = run.server else {
            return .declined("no snapshot is known")
        }
        do {
            if snapshot.isInPool { try await tools.activate(snapshot.name, in: location.volume.group) }
            try await tools.awaitNode(snapshot.device, of: snapshot.name)
            if let uuid = ActiveDevice.volumeUUID(snapshot.device) { run.identify(snapshotUUID: uuid) }
        } catch {
            // A missing directory is the better reason to report.
            try await snapshot.check?()
            throw error
        }
        try await SerialThread.once(name: "prove") { try refuseForeign(snapshot.device, location.volume) }
        let point = try preparePoint(run, location.volume)
        let mount = SnapshotMount(
            run: run.id,
            device: snapshot.device,
            point: point,
            filesystem: SnapshotFileSystem(location.volume.filesystem)
        )
        do {
            try await mount.mount()
            try await Faults.pass("step/mount", .middle)
            let path = try await prove(mount, location, server)
            return .result(
                Mount(
                    path: path,
                    mountPoint: point.path,
                    makeReadOnly: { try await mount.makeReadOnly() },
                    release: mount.release { run.warn($0) }
                )
            )
        } catch {
            // In a task of its own, which the run's cancellation does not reach. The first error is the one to report.
            await Task.detached { try? await mount.unmount() }.value
            throw error
        }
    }

    /// Proves that the mount of a hook shows the data.
    ///
    /// - Throws: `StorageError`, `HostError`; the mount is undone with the run.
    package func adopt(_ mount: Mount, _ run: Run) async throws -> Mount {
        try await MountProof.check(mount, run)
        return mount
    }

    /// Refuses a device that is not the run's alone: a hook may have named the origin, or any other volume in use.
    ///
    /// - Throws: ``StorageError/wrongDevice(_:reason:)``, `HostError`.
    private func refuseForeign(_ device: String, _ origin: Volume) throws {
        let number = try FileIdentity(of: device).represents
        if number == DeviceNumber(origin.deviceNumber) {
            throw StorageError.wrongDevice(device, reason: "it is the live volume itself")
        }
        if let mounted = try MountInfo.read().entries(of: number).first {
            throw StorageError.wrongDevice(device, reason: "it is mounted at \"\(mounted.mountPoint)\" already")
        }
    }

    private func preparePoint(_ run: Run, _ origin: Volume) throws -> MountPoint {
        let point = try MountPoint(run: run.id, parent: parent, origin: DeviceNumber(origin.deviceNumber))
        // Its name is not known before. A sudden end in between could leave only an empty directory.
        do { if let undo = point.undo { try run.intend(undo, for: .mountPoint) } } catch {
            // The first error is the one to report.
            try? point.remove()
            throw error
        }
        return point
    }

    /// - Returns: the data directory inside of the mounted snapshot.
    private func prove(_ mount: SnapshotMount, _ location: Location, _ server: Server) async throws -> String {
        try await SerialThread.once(name: "prove") {
            try mount.proveDevice()
            guard let datadir = location.paths.first(where: { $0.role == .datadir }) else {
                throw StorageError.wrongMount(mount.point.path, reason: "the data directory's place is not known")
            }
            let copy = try mount.directory(datadir.pathOnVolume)
            if let process = server.process {
                try IdentityProof(process, server.datadir).prove(copy, in: mount.directory(""))
            }
            return copy.path
        }
    }
}
