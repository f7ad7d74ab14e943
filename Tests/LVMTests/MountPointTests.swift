import Glibc
import Host
import Lifecycle
import Testing

@testable import LVM

struct MountPointTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: ["/real", "/real/", "/link", "//real/../real"])
    func `a mount point is named as the kernel names it`(parent: String) throws {
        mkdir(scratch.path + "/real", 0o700)
        symlink("real", scratch.path + "/link")
        let point = try MountPoint(run: "r1", parent: scratch.path + parent, origin: nil)
        #expect(point.path.hasPrefix("\(scratch.path)/real/lvmbackup-r1-"))
        #expect(MountPoint.isOurs(point.path, run: "r1"))
        #expect(point.undo == .exec(["rm", "-d", "-f", "--", point.path]))
        try point.remove()
        #expect(try listDirectory(scratch.path + "/real").isEmpty)
    }

    @Test(arguments: ["", "/not/yet/there"])
    func `a mount directory on the origin is refused, and not created`(directory: String) async throws {
        let origin = try FileIdentity(of: scratch.path).device
        let parent = scratch.path + directory
        #expect(throws: LVMError.mountDirectoryOnOrigin(parent)) {
            try MountPoint(run: "r1", parent: parent, origin: origin)
        }
        var volume = Volume(group: "g", name: "v", device: "/dev/g/v", size: 1, free: 1, filesystem: "xfs")
        volume.deviceNumber = origin.description
        await #expect(throws: LVMError.mountDirectoryOnOrigin(parent)) {
            try await MountStep(parent: parent).check(origin: volume)
        }
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "another user's directory needs root"), arguments: ["", "/below"])
    func `a mount directory that another user could exchange is refused`(directory: String) throws {
        let parent = scratch.path + directory
        mkdir(parent, 0o755)
        chown(scratch.path, 65_534, 65_534)
        #expect(throws: LVMError.self) { try MountPoint(run: "r1", parent: parent, origin: nil) }
        let elsewhere = DeviceNumber(major: 511, minor: 77)
        #expect(throws: LVMError.self) { try MountPoint.refuse(parent: parent + "/new", on: elsewhere) }
        chown(scratch.path, 0, 0)
        chmod(scratch.path, 0o1777)
        try MountPoint(run: "r1", parent: parent, origin: elsewhere).remove()
    }

    @Test(arguments: ["link", "link/data", "above/link", "above/link/data", "file", "missing", "absolute"])
    func `a data directory behind a link in the snapshot is refused`(below: String) throws {
        let point = try MountPoint(run: "r1", parent: scratch.path + "/mounts", origin: nil)
        let mount = SnapshotMount(
            run: "r1",
            device: "/dev/x",
            point: point,
            filesystem: SnapshotFileSystem("ext4"),
            mounts: Mounts()
        )
        for name in ["/real", "/real/data", "/above"] { mkdir(point.path + name, 0o700) }
        symlink("real", point.path + "/link")
        symlink("../real", point.path + "/above/link")
        symlink("/etc", point.path + "/absolute")
        fclose(fopen(point.path + "/file", "w"))
        #expect(throws: LVMError.self) { try mount.directory(below) }
        #expect(try mount.directory("real/data").path == point.path + "/real/data")
        #expect(try mount.directory("").path == point.path)
    }

    @Test func `a mount point that cannot be recorded does not stay`() async throws {
        let volume = Volume(group: "g", name: "v", device: "", size: 1, free: 1, filesystem: "xfs")
        let snapshot = Snapshot(name: "g/s", device: "/dev/null", release: Release("s", handler: {}))
        var hooks = HookTable()
        hooks.provide(.preflight, by: NothingToCheck())
        hooks.replace(.connect) { _ in .result(Connection(server: Server(flavour: "x", version: "1", datadir: "/"))) }
        hooks.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "a test")) }
        hooks.replace(.snapshot) { _ in .result(snapshot) }
        hooks.provide(.mount, by: MountStep(tools: LVMTools(CommandScript().commands), parent: scratch.path))
        let full = HostError.systemCall("write", on: "record", errno: ENOSPC)
        let environment = EngineEnvironment(
            host: "h",
            runID: "r1",
            runUndo: { _ in },
            intend: { _, _ in throw full }
        )
        let outcome = await Engine(hooks: hooks, options: EngineOptions(), environment: environment).run()
        #expect(outcome.failure?.message.contains(full.message) == true)
        #expect(try listDirectory(scratch.path).isEmpty)
    }
}
