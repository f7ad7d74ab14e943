internal import Faults
package import Host
package import Lifecycle
import Storage

/// Finds the logical volume that holds the server's data, proves that it does, and takes the volume's run lock.
package struct LocateStep: StepProvider {
    /// How the volume is found.
    package struct Options: Sendable {
        /// `--logical-volume`: "group/volume" or a device path.
        ///
        /// The data has to be on it.
        package var logicalVolume: String?
        package var lockDirectory = RunLock.directory
        /// Whether a server without a known process is trusted: where `connect` was replaced.
        package var acceptsUnproven: @Sendable (Server) -> Bool = { _ in false }

        package init() {}
    }

    /// Further checks, once everything is known and the run lock is held.
    package typealias AfterLocate = @Sendable (Run, Volume, [DataPath], RunLock) async throws -> Void

    package let name = "lvm"
    private let tools: LVMTools
    private let options: Options
    private let table = ProcessTable()
    private let afterLocate: AfterLocate

    package init(
        tools: LVMTools = LVMTools(),
        options: Options = Options(),
        afterLocate: @escaping AfterLocate = { _, _, _, _ in }
    ) {
        self.tools = tools
        self.options = options
        self.afterLocate = afterLocate
    }

    package func plan(_ run: Run) async throws -> [String] { [] }

    /// - Throws: ``LVMError``, `HostError`.
    package func provide(_ run: Run) async throws -> Provision<Location> {
        guard let server = run.server else { return .declined("no server is known") }
        let finding = try await search(server, run)
        let found = try await tools.find(finding, datadir: server.datadir)
        // Readers and writers of it would wait for ever, this run among them.
        if found.isSuspended { throw LVMError.suspended(volume: found) }
        try await prove(server, finding)
        try await check(found, finding)
        try await checkScatter(finding, found)
        let lock = try await takeLock(found.fullName, run)
        do {
            let volume = try await describe(found, finding)
            try await afterLocate(run, volume, finding.paths, lock)
            try await Faults.pass("step/locate", .middle)
            let release = Release("run lock of \"\(volume.fullName)\"", handler: { lock.release() })
            return .result(Location(volume: volume, paths: finding.paths, release: release))
        } catch {
            lock.release()
            throw error
        }
    }

    /// Completes the location of another provider: takes the run lock, and runs the further checks.
    ///
    /// - Throws: ``StorageError/busy(volume:owner:)``, `HostError`, the errors of the checks; the location is released
    ///   then.
    package func complete(_ location: Location, _ run: Run) async throws {
        let volume = location.volume
        do {
            let lock = try await takeLock(volume.fullName, run)
            run.undoAtEnd(Release("run lock of \"\(volume.fullName)\"", handler: { lock.release() }))
            try await afterLocate(run, volume, location.paths, lock)
        } catch {
            if let release = location.release { run.undoAtEnd(release) }
            throw error
        }
    }

    /// Looks at the server's process, on a thread: a hung mount blocks a thread that looks at it.
    private func search(_ server: Server, _ run: Run) async throws -> Finding {
        if server.process == nil {
            guard options.acceptsUnproven(server) else {
                throw StorageError.notTheServer(reason: "its process on this host is not known")
            }
            run.warn("the server's process is not known: cannot verify that its data is backed up")
        }
        return try await SerialThread.looking(name: "locate") {
            let locator = try DataLocator(server)
            let datadir = try locator.datadir()
            let (paths, elsewhere) = try locator.sort(on: datadir.mount.device)
            let own = try MountInfo.read().entries(of: datadir.mount.device)
            let seen = own + locator.view.mounts.entries(of: datadir.mount.device)
            var points: [String] = []
            for entry in seen where !points.contains(entry.mountPoint) { points.append(entry.mountPoint) }
            return Finding(
                mount: datadir.mount,
                mountPoints: points,
                paths: paths,
                elsewhere: elsewhere,
                nested: NestedMounts(
                    datadir.path,
                    on: datadir.mount.device,
                    besides: locator.temporaryDirectories,
                    in: locator.view.mounts
                )
            )
        }
    }

    private func prove(_ server: Server, _ finding: Finding) async throws {
        guard let process = server.process else { return }
        let table = table
        try await SerialThread.looking(name: "prove") {
            try DataLocator(server).prove(process, on: finding.mount.device, table: table)
        }
    }

    private func check(_ found: LogicalVolume, _ finding: Finding) async throws {
        if let asked = options.logicalVolume {
            let volume = try await tools.volume(named: asked)
            guard volume.uuid == found.uuid else {
                throw LVMError.otherVolume(asked: volume.fullName, found: found.fullName)
            }
        }
        if found.isThickSnapshot {
            throw LVMError.wrongKind(volume: found.fullName, reason: "it is a snapshot itself")
        }
    }

    /// - Throws: ``StorageError/scattered(volume:others:)`` naming every path and the volume that it is on;
    ///   ``StorageError/nestedMounts(paths:)``.
    private func checkScatter(_ finding: Finding, _ found: LogicalVolume) async throws {
        var others: [String] = []
        for (data, file) in finding.elsewhere {
            let other = try await tools.volume(device: file.mount.device)?.fullName ?? file.mount.source
            let way = data.link.map { ", to which \"\($0)\" leads," } ?? ""
            others.append("\"\(data.path)\" (\(data.role.word))\(way) is on \"\(other)\"")
        }
        for entry in finding.nested.elsewhere {
            let other = try await tools.volume(device: entry.device)?.fullName ?? entry.source
            others.append("\"\(entry.mountPoint)\" (mounted below the data directory) is on \"\(other)\"")
        }
        guard others.isEmpty else { throw StorageError.scattered(volume: found.fullName, others: others) }
        let bound = finding.nested.bound.map(\.mountPoint)
        guard bound.isEmpty else { throw StorageError.nestedMounts(paths: bound) }
    }

    private func takeLock(_ volume: String, _ run: Run) async throws -> RunLock {
        let owner = RunLock.Owner(run: run.id, pid: try Identity.current().pid, since: run.started)
        let lock = try await VolumeLock.take(volume, owner: owner, directory: options.lockDirectory)
        // A dry run changes nothing: it only finds out whether another run has the volume, and defers none.
        if run.isDryRun { lock.release() }
        return lock
    }

    /// Reads the volume once more, now that no other run changes it.
    private func describe(_ found: LogicalVolume, _ finding: Finding) async throws -> Volume {
        let volume = try await tools.find(finding, datadir: found.fullName)
        let group = try await tools.group(volume.group)
        return Volume(
            group: volume.group,
            name: volume.name,
            uuid: volume.uuid,
            device: volume.path,
            deviceNumber: finding.mount.device.description,
            size: volume.size,
            free: group.free,
            thinPool: volume.isThin ? volume.pool : nil,
            filesystem: finding.mount.fileSystem,
            mountPoints: finding.mountPoints
        )
    }
}

/// The result of the look at the server's process.
struct Finding: Sendable {
    var mount: MountInfo.Entry
    var mountPoints: [String]
    var paths: [DataPath]
    var elsewhere: [(DataFile, ProcessView.File)]
    var nested: NestedMounts
}

extension LVMTools {
    /// The volume that is mounted.
    ///
    /// - Throws: ``LVMError/notOnLogicalVolume(path:device:fileSystem:)``, ``LVMError/hiddenVolume(path:device:)``,
    ///   ``LVMError/aboveLogicalVolume(path:volume:layers:)``.
    fileprivate func find(_ finding: Finding, datadir: String) async throws -> LogicalVolume {
        guard let volume = try await volume(device: finding.mount.device) else {
            let chain = DeviceChain(of: finding.mount.device, downTo: "LVM-")
            if chain.base != nil { try await checkActivation() }
            throw LVMError.notListed(
                path: datadir,
                chain,
                source: finding.mount.source,
                fileSystem: finding.mount.fileSystem
            )
        }
        return volume
    }

    /// LVM kept from device-mapper knows no volume's device.
    ///
    /// - Throws: ``LVMError/badSetting(_:reason:)``.
    private func checkActivation() async throws {
        // Where it cannot be told, the volume is not listed for an unknown reason.
        guard let settings = try? await LVMSettings.read(["global/activation"], self) else { return }
        try SnapshotTrial.check(settings)
    }
}
