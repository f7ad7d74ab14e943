internal import Faults
import Host
package import Lifecycle
import Storage

/// Finds the logical volume that holds the server's data, and proves that it does.
package struct LocateStep: StepProvider {
    package let name = "lvm"
    private let tools: LVMTools
    private let logicalVolume: String?
    private let table = ProcessTable()

    /// - Parameter logicalVolume: `--logical-volume`, "group/volume" or a device path; the data has to be on it.
    package init(tools: LVMTools = LVMTools(), logicalVolume: String? = nil) {
        self.tools = tools
        self.logicalVolume = logicalVolume
    }

    package func plan(_ run: Run) async throws -> [String] { [] }

    /// - Throws: ``LVMError``, `StorageError`, `HostError`.
    package func provide(_ run: Run) async throws -> Provision<Location> {
        guard let server = run.server else { return .declined("no server is known") }
        let finding = try await search(server, run)
        let found = try await tools.find(finding, datadir: server.datadir)
        // Readers and writers of it would wait for ever, this run among them.
        if found.isSuspended { throw LVMError.suspended(volume: found) }
        try await prove(server, finding)
        try await check(found, finding)
        try await checkScatter(finding, found)
        for entry in finding.nested.files {
            run.warn("another file is mounted over \"\(entry.mountPoint)\": it is not in the backup")
        }
        let volume = Volume(found, free: try await tools.group(found.group).free, finding)
        try finding.mounts?.check()
        try await Faults.pass("step/locate", .middle)
        return .result(Location(volume: volume, paths: finding.paths))
    }

    /// Looks at the server's process, on a thread: a hung mount blocks a thread that looks at it.
    private func search(_ server: Server, _ run: Run) async throws -> Finding {
        if server.process == nil {
            // A hook that connected answers for its server.
            guard run.isPerformedByHook(.connect) else {
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
                nested: locator.nestedMounts(datadir),
                mounts: try DataMounts(locator, on: datadir.mount.device)
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
        if let asked = logicalVolume {
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
        let mounted = finding.nested.elsewhere.map(\.mountPoint)
        for (data, file) in finding.elsewhere where data.role != .tablespace || !mounted.contains(data.path) {
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
}

extension Volume {
    fileprivate init(_ volume: LogicalVolume, free: Int64, _ finding: Finding) {
        self.init(
            group: volume.group,
            name: volume.name,
            uuid: volume.uuid,
            device: volume.path,
            deviceNumber: finding.mount.device.description,
            size: volume.size,
            free: free,
            pool: volume.isThin ? volume.pool : nil,
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
    var mounts: DataMounts?
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
