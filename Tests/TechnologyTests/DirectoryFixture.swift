import Conformance
import FoundationEssentials
import Host
import Lifecycle
import Storage

#if canImport(Glibc)
    import Glibc
#endif

/// A directory with the file of a server, which this process has open.
final class DirectoryFixture: StorageFixture {
    let scratch: String
    let canMount = true
    private let dataFile: Int32

    init() throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-directory-")
        for name in ["/volume", "/volume/deep", "/volume/deep/data", "/copies"] { mkdir(scratch + name, 0o700) }
        dataFile = open(scratch + "/volume/deep/data/x.db", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    }

    deinit {
        close(dataFile)
        try? FileManager.default.removeItem(atPath: scratch)  // a leftover in /var/tmp fails no test
    }

    private var datadir: String { scratch + "/volume/deep/data" }
    private var copies: DirectoryCopies { DirectoryCopies(path: scratch + "/copies") }

    var server: Server {
        get throws {
            let here = try Identity.current()
            let file = datadir + "/x.db"
            let process = ServerProcess(pid: here.pid, startTime: here.startTime, openFiles: [file])
            return Server(flavour: "x", version: "1", datadir: datadir, process: process)
        }
    }

    func makeStorage() -> any SnapshotStorage {
        DirectoryStorage(volume: scratch + "/volume", copies: scratch + "/copies")
    }

    func snapshots() throws -> [String] { try copies.copies().map(\.name) }

    func leaveSnapshot(of run: String, by identity: Identity) throws {
        let copy = DirectoryCopy(name: "copy-\(run)", in: copies.path)
        try copy.write(.init(run: run, identity: identity, origin: "directory/" + scratch + "/volume"))
        mkdir(copy.path, 0o700)
    }

    func lose(_ snapshot: String) throws { try DirectoryCopy(name: snapshot, in: copies.path).remove() }

    func execute(_ words: [String]) async throws {
        let command = Command(words[0], Array(words.dropFirst()))
        try await Commands.system.run(command).checked(command)
    }

    func write(_ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: datadir + "/text"))
        return "text"
    }
}
