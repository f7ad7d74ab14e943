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
}
