package import Lifecycle

/// The privileges that the account of the connection has on all databases.
package struct GrantedPrivileges: Equatable, Sendable {
    /// Upper case, as the server lists them.
    package private(set) var names: Set<String> = []
    /// Whether roles may give more, which the list does not show.
    package private(set) var hasRoles = false

    /// Whether a partial revoke of MySQL takes rights on some databases away.
    private var hasRevokes = false

    static let statement = "SHOW GRANTS"

    /// Whether `information_schema.TABLES` shows the account every table (each privilege tried, MariaDB 10.11 and MySQL
    /// 9.7.4).
    ///
    /// A role's privileges are not listed: they count for nothing here.
    var showsAllTables: Bool {
        !hasRevokes && !names.isDisjoint(with: ["ALL PRIVILEGES", "REFERENCES", "SELECT", "SHOW VIEW", "TRIGGER"])
    }

    /// Asks the server in a session of its own.
    ///
    /// - Throws: ``MySQLError``.
    package static func read(_ connection: ConnectionOptions) async throws -> GrantedPrivileges {
        let session = try await Session.open(connection, settings: .limits)
        defer { session.cut() }
        let rows = try await session.query(statement, limit: .seconds(10))
        return GrantedPrivileges(rows)
    }

    /// - Parameter rows: the answer to ``statement``.
    init(_ rows: Rows) { self.init(lines: rows.values.compactMap { $0.first ?? nil }) }

    /// - Parameter lines: such as "GRANT RELOAD, PROCESS ON *.* TO 'lvmbackup'@'localhost'".
    init(lines: [String]) {
        hasRevokes = lines.contains { $0.hasPrefix("REVOKE ") }
        for line in lines where line.hasPrefix("GRANT ") {
            guard let place = line.firstRange(of: " ON ") else {
                hasRoles = true
                continue
            }
            guard line[place.upperBound...].hasPrefix("*.* ") else { continue }
            let list = line[..<place.lowerBound].dropFirst("GRANT ".count).split(separator: ",")
            names.formUnion(list.map { $0.drop { $0 == " " }.uppercased() })
        }
    }

    /// The privileges that a plan needs and the account lacks; tried as the comment of ``Privileges`` says.
    ///
    /// - Parameter plan: as `--lock` spells it.
    package func missing(for plan: String, on server: Server) -> [String] {
        // A version that is not understood is refused by the connection itself.
        guard !names.contains("ALL PRIVILEGES"), !names.contains("SUPER"),
            let identity = try? ServerIdentity(version: server.version, comment: server.flavour)
        else { return [] }
        return Self.needed(plan, identity).filter { alternatives in
            names.isDisjoint(with: alternatives)
        }.map { $0[0] }
    }

    /// Each with the other names that releases give it.
    private static func needed(_ plan: String, _ identity: ServerIdentity) -> [[String]] {
        let isLocked = plan != LockPlan.none.rawValue
        let reload = isLocked ? [["RELOAD"]] : []
        guard identity.isMariaDB else {
            let instance = plan == LockPlan.instance.rawValue ? [["BACKUP_ADMIN"]] : []
            return reload + [["PROCESS"], ["REPLICATION CLIENT"]] + instance
        }
        let replica = ["SLAVE MONITOR", "REPLICA MONITOR", "REPLICATION CLIENT"]
        let binlog = isLocked ? [["BINLOG MONITOR", "REPLICATION CLIENT"]] : []
        return reload + [["PROCESS"]] + binlog + [replica]
    }
}
