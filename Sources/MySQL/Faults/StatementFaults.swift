internal import Faults

/// Sends a statement past the faults of its words.
///
/// - Parameter send: sends the given statement: the intended one, or a statement that gets no answer.
func pastFaults(_ sql: String, _ send: (String) throws -> Rows) throws -> Rows {
    #if DEBUG
        let point = "sql/" + sql
        switch Faults.due(point, .entry) {
        case .fail: throw MySQLError.statement(sql, number: 0, message: "injected fault")
        case .hang(let seconds):
            // A server that does not answer until the statement or the session is ended.
            _ = try send("SELECT SLEEP(\(seconds ?? 86_400))")
            throw MySQLError.statement(sql, number: 0, message: "injected fault")
        case let act?: try act.strike(point, .entry)
        case nil: break
        }
        let rows = try send(sql)
        guard let act = Faults.due(point, .exit) else { return rows }
        if act == .fail { throw MySQLError.statement(sql, number: 0, message: "injected fault") }
        try act.strike(point, .exit)
        return rows
    #else
        return try send(sql)
    #endif
}
