import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import Storage

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
    func `a mount directory on the origin is refused, and not created`(directory: String) throws {
        let origin = try FileIdentity(of: scratch.path).device
        let parent = scratch.path + directory
        #expect(throws: StorageError.mountDirectoryOnOrigin(parent)) {
            try MountPoint(run: "r1", parent: parent, origin: origin)
        }
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "another user's directory needs root"), arguments: ["", "/below"])
    func `a mount directory that another user could exchange is refused`(directory: String) throws {
        let parent = scratch.path + directory
        mkdir(parent, 0o755)
        chown(scratch.path, 65_534, 65_534)
        #expect(throws: StorageError.self) { try MountPoint(run: "r1", parent: parent, origin: nil) }
        let elsewhere = DeviceNumber(major: 511, minor: 77)
        #expect(throws: StorageError.self) { try MountPoint.refuse(parent: parent + "/new", on: elsewhere) }
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
        #expect(throws: StorageError.self) { try mount.directory(below) }
        #expect(try mount.directory("real/data").path == point.path + "/real/data")
        #expect(try mount.directory("").path == point.path)
    }
}
