/// The privilege that a statement lacks, for advice, as the server's answer names it.
///
/// Tried, all on `*.*`: on MariaDB 10.11 plans "stage" and "read-lock" need RELOAD, PROCESS, BINLOG MONITOR and SLAVE
/// MONITOR; plan "none" PROCESS and SLAVE MONITOR. On MySQL 9.7.4 every plan needs PROCESS and REPLICATION CLIENT,
/// plans "read-lock" and "instance" also RELOAD, plan "instance" also BACKUP_ADMIN and SELECT on
/// `performance_schema.*`. Where `innodb_flush_log_at_trx_commit` is 0: SUPER on MariaDB, SYSTEM_VARIABLES_ADMIN on
/// MySQL. SELECT on the data is not needed: tables that the account does not see are found in the data directory.
enum Privileges {
    /// The privilege to grant so that a statement may be sent; nil for other errors.
    ///
    /// The session's `lc_messages` is English, so that the messages of both products can be read.
    static func advice(for number: UInt32, _ message: String, _ statement: String) -> String? {
        switch number {
        case 1227: grant(named(in: message).map { "\($0) ON *.*" })
        case 1142, 1143: grant(object(in: message, statement).map { "\(command(in: message)) ON \($0)" })
        case 1044: grant(quoted(in: message).last.map { "\(reading) ON \($0.quotedAsName).*" })
        default: nil
        }
    }

    private static func grant(_ privilege: String?) -> String {
        guard let privilege else { return "grant the account of lvmbackup the privilege that the message names" }
        return "grant it with: GRANT \(privilege) TO the account of lvmbackup"
    }

    /// "… you need (at least one of) the SUPER, REPLICATION CLIENT privilege(s) for this operation" on both products;
    /// MySQL also writes "RELOAD or FLUSH_TABLES".
    ///
    /// The narrowest is the first that is not SUPER.
    private static func named(in message: String) -> String? {
        guard let start = message.firstRange(of: "at least one of) the "),
            let end = message.firstRange(of: " privilege(s)"), start.upperBound < end.lowerBound
        else { return nil }
        let list = message[start.upperBound..<end.lowerBound].replacing(" or ", with: ",").split(separator: ",")
        let names = list.map { String($0.drop { $0 == " " }) }.filter(isName)
        return names.first { $0 != "SUPER" } ?? names.first
    }

    /// The first word of "… command denied to user 'u'@'h' for table 'log_status'".
    private static func command(in message: String) -> String {
        let word = message.prefix { $0 != " " }
        return isName(String(word)) ? String(word) : reading
    }

    private static let reading = "SELECT"

    /// MariaDB names the table with its database, MySQL without: then the statement names it.
    private static func object(in message: String, _ statement: String) -> String? {
        let preposition = message.firstRange(of: "for table ") ?? message.firstRange(of: "in table ")
        guard let start = preposition else { return nil }
        let name = message[start.upperBound...].prefix { $0 != " " && $0 != ";" }.filter { $0 != "'" }
        if name.contains(".") { return String(name) }
        let table = String(name).quotedAsName
        let words = statement.split { " (),;".contains($0) }.map(String.init)
        return words.first { $0.lowercased().hasSuffix("." + table.lowercased()) } ?? table
    }

    private static func quoted(in message: String) -> [String] {
        message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The server's words become part of a statement that an operator may copy.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { ($0.isASCII && $0.isUppercase) || $0 == "_" || $0 == " " }
    }
}
