import CSQLite
import Lifecycle
import Waiting

/// A connection to an SQLite database.
final class SQLiteSession: @unchecked Sendable {
    // Unchecked: the lock guards the pointer.

    private let path: String
    private let lock = Condition()
    private var handle: OpaquePointer?

    /// - Throws: `Failure` where the file is no database.
    init(_ path: String) throws {
        self.path = path
        let status = sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil)
        guard status == SQLITE_OK, let handle else { throw Self.failure("open", path, handle) }
        sqlite3_busy_timeout(handle, 1000)
    }

    deinit { close() }

    /// Ends the session; a transaction that is open is rolled back.
    func close() {
        lock.withLock {
            sqlite3_close_v2(handle)
            handle = nil
        }
    }

    /// Whether a transaction is open.
    var isInTransaction: Bool { lock.withLock { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false } }

    /// - Returns: the first column of the last row; nil where there is none.
    /// - Throws: `Failure` with the message of SQLite.
    @discardableResult
    func query(_ sql: String) throws -> String? { try lock.withLock { try queryLocked(sql) } }

    private func queryLocked(_ sql: String) throws -> String? {
        guard let handle else { throw Failure(.failed, "the session with \"\(path)\" is closed") }
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else {
            throw Self.failure(sql, path, handle)
        }
        defer { sqlite3_finalize(statement) }
        var answer: String?
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: answer = sqlite3_column_text(statement, 0).map { String(cString: $0) }
            case SQLITE_DONE: return answer
            default: throw Self.failure(sql, path, handle)
            }
        }
    }

    private static func failure(_ act: String, _ path: String, _ handle: OpaquePointer?) -> Failure {
        let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "there is no memory for it"
        return Failure(.failed, "\"\(act)\" failed on \"\(path)\": \(reason)")
    }
}
