import CMariaDB

/// One connection to the server, used by one thread.
final class Connection {
    private let handle: UnsafeMutablePointer<MYSQL>

    init(socket: String) throws {
        guard let handle = mysql_init(nil) else { throw Complaint("out of memory") }
        self.handle = handle
        guard mysql_real_connect(handle, nil, nil, nil, nil, 0, socket, 0) != nil else {
            throw Complaint("cannot connect to \"\(socket)\": \(String(cString: mysql_error(handle)))")
        }
    }

    deinit { mysql_close(handle) }

    func execute(_ statement: String) throws {
        guard mysql_query(handle, statement) == 0 else {
            throw Complaint("\"\(statement)\": \(String(cString: mysql_error(handle)))")
        }
    }

    /// The first column of the first row; nil where there is none.
    func number(_ statement: String) throws -> Int? {
        try execute(statement)
        guard let result = mysql_store_result(handle) else { return nil }
        defer { mysql_free_result(result) }
        guard let row = mysql_fetch_row(result), let text = row[0] else { return nil }
        return Int(String(cString: text))
    }
}
