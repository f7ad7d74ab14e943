import CSQLite
import Host
import Lifecycle
import Synchronization

/// SQLite as a database of this process: a second implementation, which shows what a new one takes.
///
/// A transaction that has begun with IMMEDIATE keeps other writers back, and lets readers go on (manual of SQLite,
/// "Transactions"). The file and its write-ahead log do not change meanwhile, apart from a checkpoint, which leaves the
/// log as it is.
struct SQLiteDatabase: Database {
    /// The state that the steps share.
    final class Context: Sendable {
        let path: String
        let session = Mutex<(session: SQLiteSession, server: Server)?>(nil)

        init(_ path: String) { self.path = path }

        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var directory: String { String(path.dropLast(name.count + 1)) }

        /// The session, unless another provider has connected.
        func session(of run: Run) -> SQLiteSession? {
            guard let found = session.withLock({ $0 }), run.server == found.server else { return nil }
            return found.session
        }
    }

    let context: Context

    init(_ path: String) { context = Context(path) }

    var connect: any StepProvider<Connection> { SQLiteConnect(context: context) }
    var flush: any StepProvider<Void> { SQLiteFlush(context: context) }
    var lock: any StepProvider<Lock> { SQLiteLock(context: context) }
    var recover: any StepProvider<Recovery> { SQLiteRecover(context: context) }

    func run(_ statement: String) throws {
        let session = try SQLiteSession(context.path)
        defer { session.close() }
        try session.query(statement)
    }

    func command(for statement: String) -> String {
        "sqlite3 \(quotedForShell(context.path)) \(quotedForShell(statement))"
    }
}

private let notOurs = "another provider connected to the database"

private struct SQLiteConnect: StepProvider {
    let name = "sqlite"
    let context: SQLiteDatabase.Context

    func provide(_ run: Run) async throws -> Provision<Connection> {
        let session = try SQLiteSession(context.path)
        let here = try Identity.current()
        let process = ServerProcess(pid: here.pid, startTime: here.startTime, openFiles: [context.path])
        let server = Server(
            flavour: "sqlite",
            version: String(cString: sqlite3_libversion()),
            datadir: context.directory,
            process: process
        )
        context.session.withLock { $0 = (session, server) }
        return .result(Connection(server: server, release: Release("session", handler: session.close)))
    }

    func plan(_ run: Run) async throws -> [String] { [] }
}

private struct SQLiteFlush: StepProvider {
    static let statement = "PRAGMA wal_checkpoint(PASSIVE)"

    let name = "sqlite"
    let context: SQLiteDatabase.Context

    func provide(_ run: Run) async throws -> Provision<Void> {
        guard let session = context.session(of: run) else { return .declined(notOurs) }
        try session.query(Self.statement)
        return .done
    }

    func plan(_ run: Run) async throws -> [String] { [Self.statement] }
}

private struct SQLiteLock: StepProvider {
    let name = "sqlite"
    let context: SQLiteDatabase.Context

    func provide(_ run: Run) async throws -> Provision<Lock> {
        guard let session = context.session(of: run) else { return .declined(notOurs) }
        try await SerialThread.once(name: "sqlite") { _ = try session.query("BEGIN IMMEDIATE") }
        let prove: @Sendable () throws -> Void = {
            guard session.isInTransaction else {
                throw Failure(.failed, "the lock was lost: its transaction has ended")
            }
        }
        let isReleased = Mutex(false)
        return .result(
            Lock(
                plan: "immediate",
                reason: "it keeps other writers back",
                proof: { if !isReleased.withLock({ $0 }) { try prove() } },
                release: Release(
                    "lock",
                    deadline: .seconds(1),
                    handler: {
                        try prove()
                        try session.query("ROLLBACK")
                        isReleased.withLock { $0 = true }
                    },
                    fallback: { session.close() }
                )
            )
        )
    }

    func plan(_ run: Run) async throws -> [String] {
        context.session(of: run) == nil ? [] : ["BEGIN IMMEDIATE", "ROLLBACK"]
    }
}

private struct SQLiteRecover: StepProvider {
    let name = "sqlite"
    let context: SQLiteDatabase.Context

    func provide(_ run: Run) async throws -> Provision<Recovery> {
        guard context.session(of: run) != nil else { return .declined(notOurs) }
        guard let mount = run.mount else { return .declined("no snapshot is mounted") }
        let copy = try SQLiteSession(mount.path + "/" + context.name)
        defer { copy.close() }
        let verdict = try copy.query("PRAGMA integrity_check")
        guard verdict == "ok" else { throw Failure(.failed, "the copy is damaged: \(verdict ?? "no answer")") }
        try copy.query("PRAGMA wal_checkpoint(TRUNCATE)")
        return .result(Recovery(clean: true))
    }

    func plan(_ run: Run) async throws -> [String] { ["PRAGMA integrity_check"] }
}
