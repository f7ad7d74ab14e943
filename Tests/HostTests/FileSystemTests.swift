import Glibc
import Host
import Testing

struct FileSystemTests {
    @Test func `a link in place of a private directory is refused`() throws {
        let directory = try ScratchDirectory()
        mkdir(directory.path + "/real", 0o700)
        symlink("real", directory.path + "/link")
        let reason = "it is not a directory of this user's own"
        #expect(throws: HostError.malformed(directory.path + "/link", reason: reason)) {
            try FileSystem.ensurePrivateDirectory(directory.path + "/link")
        }
    }

    @Test func `a private tree is created as far as it is missing`() throws {
        let directory = try ScratchDirectory()
        try FileSystem.ensurePrivateTree(directory.path + "/a/b/c")
        try FileSystem.ensurePrivateTree(directory.path + "/a/b/c")
        #expect(try FileIdentity(of: directory.path + "/a/b/c").mode & 0o777 == 0o700)
    }

    @Test func `a directory with something in it is not removed`() throws {
        let directory = try ScratchDirectory()
        let made = try FileSystem.createPrivateDirectory(in: directory.path, prefix: "run-")
        try Descriptors.create(made + "/file")
        #expect(throws: HostError.systemCall("rmdir", on: made, errno: ENOTEMPTY)) {
            try FileSystem.removeDirectory(made)
        }
        unlink(made + "/file")
        try FileSystem.removeDirectory(made)
        try FileSystem.removeDirectory(made)
    }

    @Test func `free space is a sensible number`() throws {
        #expect(try FileSystem.freeBytes(at: "/tmp") > 0)
    }
}
