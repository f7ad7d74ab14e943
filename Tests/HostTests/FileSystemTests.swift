import Glibc
import TestSupport
import Testing

@testable import Host

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

    @Test(arguments: [0, 3, 4, 5, 100_000]) func `a file is read up to a limit`(size: Int) throws {
        let directory = try ScratchDirectory()
        let path = directory.path + "/file"
        close(try Descriptors.create(path))
        truncate(path, size)
        #expect(try readFile(path, limit: size).count == size)
        guard size > 0 else { return }
        #expect(throws: HostError.malformed(path, reason: "it is longer than \(size - 1) bytes")) {
            try readFile(path, limit: size - 1)
        }
    }

    @Test func `free space is a sensible number`() throws {
        #expect(try FileSystemRoom(at: "/tmp").freeBytes > 0)
    }

    /// Blocks, free ones, those for users, inodes, free ones; CephFS has -1 free inodes, and a network server says anything.
    @Test(
        arguments: [
            ([100, 40, 30, 10, 4], [122_880, 245_760, 4]), ([100, 40, 30, 0, 0], [122_880, 245_760, -1]),
            ([100, .max, .max, 5, .max], [.max, 0, .max]), ([.max, 0, 0, 5, 0], [0, .max, 0]),
            ([10, 20, 1 << 51, 1, 1], [.max, 0, 1]),
        ] as [([UInt], [Int64])]
    )
    func `any answer of a file system is room`(answer: [UInt], room: [Int64]) {
        var status = statvfs()
        status.f_frsize = 4096
        (status.f_blocks, status.f_bfree, status.f_bavail) = (answer[0], answer[1], answer[2])
        (status.f_files, status.f_favail) = (answer[3], answer[4])
        let found = FileSystemRoom(status)
        #expect([found.freeBytes, found.usedBytes, found.freeInodes ?? -1] == room)
    }
}
