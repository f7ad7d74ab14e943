/// The locks and transactions that the statements of a session have begun, and not ended.
///
/// The session of `run:admin` ends with its hook: a lock on it is gone before the next step.
struct SessionHold: Sendable {
    private enum Thing: String, CaseIterable {
        case tables = "the table lock"
        case instance = "the instance lock"
        case stage = "the backup stage"
        case backup = "the backup lock"
        case binlog = "the binary log's lock"
        case name = "the named lock"
        case transaction = "the transaction"
    }

    /// The statements that began something, in order.
    private var begun: [(thing: Thing, statement: String)] = []
    /// The first statement that sets a variable of the session; nil once a statement has done something else.
    private var setting: String?
    private var hasOtherStatements = false

    mutating func note(_ statement: String) {
        let words = Self.words(of: statement)
        if Self.isSessionSetting(words) { setting = setting ?? statement } else { hasOtherStatements = true }
        for thing in Thing.allCases where Self.ends(thing, words) { begun.removeAll { $0.thing == thing } }
        if let thing = Thing.allCases.first(where: { Self.begins($0, words) }) { begun.append((thing, statement)) }
    }

    /// Why the hook's statements have no effect when the session has ended; nil: nothing is held.
    var complaint: String? {
        if let held = begun.first {
            return
                "run:admin(\"\(held.statement)\"): its session ends with the hook, and \(held.thing.rawValue) with it: "
                + "end it in the same hook, or lock in replace(\"lock\") by run:sql"
        }
        guard let setting, !hasOtherStatements else { return nil }
        return "run:admin(\"\(setting)\") has no effect: it sets its own session, which ends with the hook"
    }

    /// - Throws: ``LuaError``.
    func check() throws {
        if let complaint { throw LuaError(complaint) }
    }

    // MARK: Statements

    /// The words in capitals, without comments.
    private static func words(of statement: String) -> [String] {
        statement.replacing(#/\/\*.*?\*\//#, with: " ").uppercased()
            .split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "@") }.map(String.init)
    }

    private static func begins(_ thing: Thing, _ words: [String]) -> Bool {
        let start = words.prefix(2).joined(separator: " ")
        switch thing {
        case .tables:
            if ["LOCK TABLES", "LOCK TABLE"].contains(start) { return true }
            guard words.first == "FLUSH" else { return false }
            return words.suffix(3) == ["WITH", "READ", "LOCK"] || words.suffix(2) == ["FOR", "EXPORT"]
        case .instance: return start == "LOCK INSTANCE"
        case .stage: return start == "BACKUP STAGE" && words.last != "END"
        case .backup: return start == "BACKUP LOCK"
        case .binlog: return start == "LOCK BINLOG"
        case .name: return words.contains("GET_LOCK")
        // MariaDB's BEGIN NOT ATOMIC is a block of statements.
        case .transaction:
            return words.first == "BEGIN" && words.dropFirst().first != "NOT" || start == "START TRANSACTION"
                || ["XA START", "XA BEGIN"].contains(start)
        }
    }

    private static func ends(_ thing: Thing, _ words: [String]) -> Bool {
        let start = words.prefix(2).joined(separator: " ")
        return switch thing {
        case .tables: ["UNLOCK TABLES", "UNLOCK TABLE"].contains(start)
        case .instance: start == "UNLOCK INSTANCE"
        case .stage: start == "BACKUP STAGE" && words.last == "END"
        case .backup: start == "BACKUP UNLOCK"
        case .binlog: start == "UNLOCK BINLOG"
        case .name: words.contains("RELEASE_LOCK") || words.contains("RELEASE_ALL_LOCKS")
        case .transaction:
            ["COMMIT", "ROLLBACK"].contains(words.first ?? "") || commits(words)
                || ["XA PREPARE", "XA COMMIT", "XA ROLLBACK"].contains(start)
        }
    }

    /// Whether a statement commits what was begun before it: manual of MySQL, "Statements That Cause an Implicit Commit".
    private static func commits(_ words: [String]) -> Bool {
        let first: Set<String> = [
            "ALTER", "ANALYZE", "CACHE", "CHANGE", "CHECK", "CREATE", "DROP", "FLUSH", "GRANT", "INSTALL", "LOCK",
            "OPTIMIZE",
            "RENAME", "REPAIR", "RESET", "REVOKE", "STOP", "TRUNCATE", "UNINSTALL",
        ]
        let start = words.prefix(2).joined(separator: " ")
        if ["START SLAVE", "START REPLICA", "SET PASSWORD", "LOAD INDEX"].contains(start) { return true }
        return first.contains(words.first ?? "") && !words.prefix(2).contains("TEMPORARY")
    }

    /// `SET` without a word that reaches farther than the session.
    private static func isSessionSetting(_ words: [String]) -> Bool {
        let farther: Set<String> = [
            "GLOBAL", "@@GLOBAL", "PERSIST", "@@PERSIST", "PERSIST_ONLY", "@@PERSIST_ONLY", "PASSWORD", "DEFAULT",
            "RESOURCE", "STATEMENT",
        ]
        return words.first == "SET" && farther.isDisjoint(with: words)
    }
}
