import Conformance
import FoundationEssentials
import Host
import Lifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A database with a table, and a write-ahead log.
final class SQLiteFixture: DatabaseFixture {
    let scratch: String
    /// Those whose sessions can be broken.
    private let databases = Mutex<[SQLiteDatabase]>([])
    let statements = (right: "INSERT INTO done VALUES (1)", wrong: "INSERT INTO nowhere VALUES (1)")

    init() throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-sqlite-")
        for name in ["/volume", "/volume/data"] { mkdir(scratch + name, 0o700) }
        close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        let session = try SQLiteSession(path)
        for statement in ["PRAGMA journal_mode = WAL", "CREATE TABLE done (a)", "CREATE TABLE written (a)"] {
            try session.query(statement)
        }
        session.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover in /var/tmp fails no test

    var path: String { scratch + "/volume/data/x.db" }

    func makeDatabase() -> any Database {
        let database = SQLiteDatabase(path)
        databases.withLock { $0.append(database) }
        return database
    }

    func isDone() throws -> Bool { try count("done", in: path) > 0 }

    func canWrite() -> Bool {
        // A writer that is kept back gets an error.
        (try? SQLiteDatabase(path).run("INSERT INTO written VALUES (1)")) != nil
    }

    func breakSessions() {
        for database in databases.withLock({ $0 }) {
            database.context.session.withLock { $0 }?.session.close()
        }
    }

    func copy(_ datadir: String) async throws -> String? {
        let copy = scratch + "/copy-\(UInt32.random(in: 0 ... .max))"
        let command = Command("cp", ["--archive", "--", datadir, copy])
        try await Commands.system.run(command).checked(command)
        return copy
    }

    func count(_ table: String, in path: String) throws -> Int {
        let session = try SQLiteSession(path)
        defer { session.close() }
        return Int(try session.query("SELECT COUNT(*) FROM \(table)") ?? "") ?? 0
    }
}
