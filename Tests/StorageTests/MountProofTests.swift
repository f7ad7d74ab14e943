import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import Storage

@Suite struct MountProofTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func directory(_ name: String) throws -> String {
        let path = scratch.path + "/" + name
        try #require(mkdir(path, 0o755) == 0)
        return path
    }

    private func snapshot(_ device: String) -> Snapshot {
        Snapshot(name: "snap", device: device, release: Release("snapshot") {})
    }

    @Test func `a mount in a snapshot that is a directory is proven`() throws {
        let snapshot = snapshot(try directory("snapshot"))
        let data = try directory("snapshot/data")
        #expect(try MountProof.isProven(data, snapshot, nil))
        #expect(try MountProof.isProven(snapshot.device, snapshot, nil))
    }

    @Test func `a mount elsewhere is refused, also behind a link`() throws {
        let snapshot = snapshot(try directory("snapshot"))
        let elsewhere = try directory("snapshot-of-another")
        let link = snapshot.device + "/link"
        try #require(symlink("/etc", link) == 0)
        for path in ["/etc", link, elsewhere, "/", snapshot.device + "/../snapshot-of-another"] {
            #expect(throws: StorageError.self, "\(path)") { try MountProof.isProven(path, snapshot, nil) }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "a device node needs root"))
    func `a mount of another device than the snapshot's is refused`() throws {
        let node = scratch.path + "/node"
        try #require(mknod(node, S_IFBLK | 0o600, dev_t(0x7fa)) == 0)
        #expect(throws: StorageError.self) { try MountProof.isProven("/proc", snapshot(node), nil) }
    }

    @Test func `a name of another kind alone proves nothing`() throws {
        #expect(try !MountProof.isProven(try directory("data"), snapshot("pool/data@run"), nil))
        #expect(try !MountProof.isProven(try directory("more"), nil, nil))
    }

    /// A copy keeps the inode numbers: a hard link has the same.
    @Test func `files that the server holds open tell a copy from other directories`() throws {
        let (live, copy, other) = (try directory("live"), try directory("copy"), try directory("other"))
        let file = fopen(live + "/ibdata1", "w")
        defer { fclose(file) }
        try #require(link(live + "/ibdata1", copy + "/ibdata1") == 0)
        fclose(fopen(other + "/ibdata1", "w"))
        let table = ProcessTable()
        let process = ServerProcess(
            pid: getpid(),
            startTime: try #require(try table.startTime(of: getpid())),
            openFiles: [live + "/ibdata1"]
        )
        let server = Server(flavour: "mariadb", version: "10.11", datadir: live, process: process)
        #expect(try MountProof.isProven(copy, snapshot("pool/data@run"), server))
        // A link to the live file has the live inode, too.
        let linked = try directory("linked")
        try #require(symlink(live + "/ibdata1", linked + "/ibdata1") == 0)
        for path in [other, "/etc", linked, live] {
            #expect(throws: (any Error).self) { try MountProof.isProven(path, snapshot("pool/data@run"), server) }
        }
    }
}

/// The live files lie in the directories "data" and "home", as with `innodb_data_home_dir`; hard links stand for a snapshot.
@Suite struct ProofOutsideTheDataDirectoryTests {
    private let scratch: ScratchDirectory
    private let live: String
    /// The root of the snapshot's file system.
    private let top: String

    init() throws {
        scratch = try ScratchDirectory()
        (live, top) = (scratch.path + "/live", scratch.path + "/top")
        for directory in [live, live + "/data", live + "/data/db", live + "/home", top] { mkdir(directory, 0o755) }
        for file in ["data/mysql.ibd", "data/db/t.ibd", "home/ibdata1"] { fclose(fopen(live + "/" + file, "w")) }
        try #require(symlink("../home/ibdata1", live + "/data/ibdata1") == 0)
    }

    /// The place of a live file in the snapshot, with the directories on the way to it.
    private func place(of name: String) throws -> String {
        var path = top
        for part in try ProcessView().file(live + "/" + name).pathOnFileSystem.split(separator: "/") {
            mkdir(path, 0o755)
            path += "/" + part
        }
        return path
    }

    private func copy(_ names: [String]) throws -> String {
        let data = try place(of: "data")
        mkdir(data, 0o755)
        for name in names { try #require(link(live + "/" + name, place(of: name)) == 0) }
        return data
    }

    private func isProven(_ path: String, at mountPoint: String?, by openFiles: [String]) throws -> Bool {
        let start = try #require(try ProcessTable().startTime(of: getpid()))
        let process = ServerProcess(pid: getpid(), startTime: start, openFiles: openFiles.map { live + "/" + $0 })
        let server = Server(flavour: "mysql", version: "9.7", datadir: live + "/data", process: process)
        return try MountProof.isProven(path, at: mountPoint, nil, server)
    }

    @Test(arguments: ["home/ibdata1", "data/ibdata1", "data/../home/ibdata1", "data/mysql.ibd", "data/db/t.ibd"])
    func `a file is found by its place on the file system, outside the data directory and behind a link`(
        openFile: String
    ) throws {
        let data = try copy(["home/ibdata1", "data/mysql.ibd", "data/db/t.ibd"])
        #expect(try isProven(data, at: top, by: [openFile]))
        #expect(try isProven(data, at: top, by: [openFile, "data/gone"]))
    }

    @Test(arguments: ["home/ibdata1", "data/ibdata1"])
    func `a file outside the data directory that is another one refuses the mount`(openFile: String) throws {
        let data = try copy(["data/mysql.ibd"])
        let other = try place(of: "home/ibdata1")
        for isMissing in [true, false] {
            if !isMissing { fclose(fopen(other, "w")) }
            #expect(throws: StorageError.self) { try isProven(data, at: top, by: ["data/mysql.ibd", openFile]) }
        }
    }

    @Test func `without the root of the file system only files in the data directory prove it`() throws {
        let data = try copy(["home/ibdata1", "data/mysql.ibd"])
        for mountPoint in [nil, data, scratch.path] {
            #expect(try isProven(data, at: mountPoint, by: ["home/ibdata1", "data/mysql.ibd"]))
            #expect(throws: StorageError.self) { try isProven(data, at: mountPoint, by: ["home/ibdata1"]) }
        }
    }
}
