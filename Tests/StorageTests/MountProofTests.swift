import Glibc
import Host
import Lifecycle
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
