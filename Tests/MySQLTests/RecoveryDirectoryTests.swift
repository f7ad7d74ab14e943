import Glibc
import Lifecycle
import Testing

@testable import MySQL

@Suite struct RecoveryDirectoryTests {
    @Test func `it is private, and gone when it is removed`() throws {
        let scratch = try ScratchDirectory()
        let status = try FileBytes.status(of: scratch.path)
        let directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: scratch.path)
        try directory.create(uid: status.st_uid, gid: status.st_gid)
        #expect(try FileBytes.status(of: directory.path).st_mode & 0o777 == 0o700)
        try FileBytes.create(directory.log, "line\n")
        #expect(directory.readLog() == "line\n")
        try directory.remove()
        #expect(try scratch.names == [])
    }

    @Test func `its path is known before it is made, and short enough for a socket`() {
        let directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: "/run")
        #expect(directory.path.hasPrefix("/run/lvmbackup-20261122T101502Z-7f3a-"))
        #expect(directory.socket.utf8.count <= 107)
        #expect(directory.undo == .exec(["rm", "-rf", "--one-file-system", "--", directory.path]))
    }

    @Test func `what has its name already is not taken for it`() throws {
        let scratch = try ScratchDirectory()
        let status = try FileBytes.status(of: scratch.path)
        let directory = RecoveryDirectory(of: "r1", in: scratch.path)
        try directory.create(uid: status.st_uid, gid: status.st_gid)
        #expect(throws: MySQLError.system("mkdir", on: directory.path, reason: "file exists")) {
            try directory.create(uid: status.st_uid, gid: status.st_gid)
        }
    }
}
