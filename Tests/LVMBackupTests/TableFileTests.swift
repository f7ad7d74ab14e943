import FoundationEssentials
import Host
import Lifecycle
import MySQL
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct TableFileTests {
    @Test(arguments: [
        ("shop/notes.MYI", ServerProgram.Purpose.myisamCheck, "./shop/notes"),
        ("shop/notes.MAI", .ariaCheck, "./shop/notes.MAI"),
        ("shop/-rf.ibd", .innodbCheck, "./shop/-rf.ibd"),
    ])
    func `a check program gets the file under the name that it takes`(
        path: String,
        purpose: ServerProgram.Purpose,
        argument: String
    ) {
        #expect(TableFile(path: path, purpose: purpose).argument == argument)
    }

    /// The file system decides about the name of a database, and the programs print it.
    @Test(arguments: [
        ("./encrypted_docs/t.ibd", "Fail: page 3 invalid in ./encrypted_docs/t.ibd", false),
        ("./shop/t.ibd", "Table is encrypted: ./shop/t.ibd", true),
        ("./encrypted/t.ibd", "./encrypted/t.ibd: page 1 is encrypted", true),
    ])
    func `the name of a file says nothing of encryption`(argument: String, text: String, isEncrypted: Bool) {
        let file = TableFile(path: String(argument.dropFirst(2)), purpose: .innodbCheck)
        #expect(file.isEncrypted(by: text) == isEncrypted)
    }

    private static let server = Server(flavour: "mariadb", version: "10.11.0-MariaDB", datadir: "/d")

    /// The programs would wait at a FIFO for ever.
    @Test(arguments: [("t.MAI", "t.MAD"), ("t.MYI", "t.MYD"), ("t.MYI", "t"), ("t.MAI", "t.frm")])
    func `a table with a FIFO among its files is refused by name`(index: String, fifo: String) throws {
        let top = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        mkdir(top + "/shop", 0o700)
        for name in [index, "u.MAI", "u.MAD", "t#P#p.MAI"] {
            close(open("\(top)/shop/\(name)", O_CREAT | O_WRONLY, 0o600))
        }
        let files = TableFiles(Self.server)
        #expect(try files.all(in: HeldDirectory(top)).count == 3)
        mkfifo("\(top)/shop/\(fifo)", 0o600)
        let error = #expect(throws: HostError.self) { try files.all(in: HeldDirectory(top)) }
        #expect(error?.message.contains("shop/\(fifo)") == true)
        try FileManager.default.removeItem(atPath: top)
    }

    /// The server's user may make files of any size, which take nothing on the disk.
    @Test func `the time for a table does not count its holes`() throws {
        let top = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        for name in ["t.MAI", "t.MAD"] {
            let file = open("\(top)/\(name)", O_CREAT | O_WRONLY, 0o600)
            // The most that ext4 with blocks of 4 KiB takes.
            #expect(ftruncate(file, 15 << 40) == 0)
            close(file)
        }
        #expect(try TableFiles(Self.server).all(in: HeldDirectory(top)).map(\.size) == [2 << 30])
        try FileManager.default.removeItem(atPath: top)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a directory of many tables is listed once for all of them`() throws {
        let top = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        for number in 0..<5000 {
            for kind in ["MYI", "MYD"] { close(open("\(top)/t.\(number).\(kind)", O_CREAT | O_WRONLY, 0o600)) }
        }
        let clock = ContinuousClock()
        var count = 0
        let spent = try clock.measure { count = try TableFiles(Self.server).all(in: HeldDirectory(top)).count }
        #expect(count == 5000)
        // Each compared with each other takes minutes in a debug build.
        #expect(spent < .seconds(20))
        try FileManager.default.removeItem(atPath: top)
    }

    @Test func `the time for a table counts all of its files`() throws {
        let top = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        for name in ["t.MAI", "t.MAD"] {
            let file = open("\(top)/\(name)", O_CREAT | O_WRONLY, 0o600)
            #expect(ftruncate(file, 1000) == 0)
            close(file)
        }
        #expect(try TableFiles(Self.server).all(in: HeldDirectory(top)).map(\.size) == [2000])
        try FileManager.default.removeItem(atPath: top)
    }
}
