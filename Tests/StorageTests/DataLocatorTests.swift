import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import Storage

@Suite struct DataLocatorTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func sort(_ files: [DataFile]) throws -> [DataPath] {
        let start = try #require(try ProcessTable().startTime(of: getpid()))
        let process = ServerProcess(pid: getpid(), startTime: start, openFiles: [])
        let server = Server(flavour: "x", version: "1", datadir: scratch.path, files: files, process: process)
        let locator = try DataLocator(server)
        return try locator.sort(on: locator.datadir().mount.device).here
    }

    @Test(
        arguments: [
            (DataFile.Role("redoLog", word: "redo log", isEssential: true), false),
            (DataFile.Role("doublewrite", word: "doublewrite buffer"), true), (.tablespace, true), (.keyring, true),
        ] as [(DataFile.Role, Bool)]
    )
    func `only data that the server needs to run has to exist`(role: DataFile.Role, mayBeMissing: Bool) throws {
        let missing = DataFile(role: role, path: scratch.path + "/missing")
        guard mayBeMissing else {
            #expect(throws: StorageError.self) { try sort([missing]) }
            return
        }
        #expect(try sort([missing]).map(\.role) == [.datadir])
    }

    @Test(arguments: [("rw,relatime", false), ("rw,relatime,idmapped", true), ("ro,idmapped,nosuid", true)])
    func `a mount with mapped owners is refused`(options: String, isRefused: Bool) throws {
        let line = "30 21 254:1 / /data \(options) shared:1 - xfs /dev/mapper/vg0-mysql rw,idmapped"
        let mount = try #require(try MountInfo(parsing: Array(line.utf8)).entries.first)
        guard isRefused else { return try mount.refuseMappedOwners(of: "/data/mysql") }
        #expect(throws: StorageError.idMapped(path: "/data/mysql", mountPoint: "/data")) {
            try mount.refuseMappedOwners(of: "/data/mysql")
        }
    }
}
