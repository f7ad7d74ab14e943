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

    @Test func `a mount directory on the origin is refused`() throws {
        let origin = try FileIdentity(of: scratch.path).device
        #expect(throws: LVMError.mountDirectoryOnOrigin(scratch.path)) {
            try MountPoint(run: "r1", parent: scratch.path, origin: origin)
        }
        #expect(try listDirectory(scratch.path).isEmpty)
    }
}
