/// A rule for a value beyond its type.
package enum APIForm: String, Sendable {
    /// A number of 0 or more.
    case amount
    /// A number of 1 or more.
    case count
    /// A GTID state of MariaDB or of MySQL; empty before the first transaction, or without GTIDs.
    case gtid
    /// A number from 0 to 1.
    case fraction
    /// The method of a request.
    case method
    /// A text that is neither empty nor has control characters.
    case name
    /// The permissions of a file as `run.fs.stat` spells them.
    case octal
    /// An absolute path.
    case path
    /// An absolute path, or an address such as "s3://bucket/key".
    case place
    /// A TCP port.
    case port
    /// A place in a binary log: the first event is at byte 4.
    case position
    /// A time that is longer than none.
    case span
    /// The version of a server, such as "10.11.6-MariaDB".
    case version

    /// How a message calls a value of this form.
    var noun: String {
        switch self {
        case .amount: "a number from 0 on"
        case .count: "a number from 1 on"
        case .fraction: "a fraction from 0 to 1"
        case .gtid: "a GTID state such as \"0-1-5\" (MariaDB) or \"3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5\" (MySQL)"
        case .method: "a method in capitals, such as \"POST\""
        case .name: "a text without control characters that is not empty"
        case .octal: "octal without a leading zero, such as \"644\""
        case .path: "an absolute path"
        case .place: "an absolute path, or an address such as \"s3://bucket/key\""
        case .port: "a port from 1 to 65535"
        case .position: "a position in a binary log: 4 or more"
        case .span: "a time that is longer than 0 s"
        case .version: "a version such as \"10.11.6-MariaDB\""
        }
    }

    /// Whether a value of the right type has this form; of a list each item has to.
    func includes(_ value: LuaValue) -> Bool {
        switch value {
        case .string: includes(value.text ?? "")
        case .integer, .number: includes(value.number ?? 0)
        case .list(let items): items.allSatisfy(includes)
        case .none, .bool, .table: true
        }
    }

    private func includes(_ number: Double) -> Bool {
        switch self {
        case .amount: number >= 0
        case .count: number >= 1
        case .fraction: (0...1).contains(number)
        case .port: (1...65535).contains(number)
        case .position: number >= 4
        case .span: number > 0
        case .gtid, .method, .name, .octal, .path, .place, .version: true
        }
    }

    private func includes(_ text: String) -> Bool {
        switch self {
        case .gtid: text.isEmpty || GTIDForm.mariadb.includes(text) || GTIDForm.mysql.includes(text)
        case .method: text.wholeMatch(of: #/[A-Z]+/#) != nil
        case .name, .version: Self.isName(text)
        case .octal: text == "0" || text.wholeMatch(of: #/[1-7][0-7]{0,3}/#) != nil
        case .path: text.hasPrefix("/") && Self.isName(text)
        case .place: Self.isName(text) && (text.hasPrefix("/") || text.contains(":"))
        case .amount, .count, .fraction, .port, .position, .span: true
        }
    }

    private static func isName(_ text: String) -> Bool {
        !text.allSatisfy(\.isWhitespace) && text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }
}

/// How a server spells its GTID state.
enum GTIDForm {
    case mariadb, mysql

    /// Nil for a server that has no such state.
    init?(flavour: String) {
        switch flavour {
        case "mariadb": self = .mariadb
        case "mysql", "percona": self = .mysql
        default: return nil
        }
    }

    /// Sets and lists may have blanks and line breaks after their commas.
    func includes(_ text: String) -> Bool {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            let part = part.drop(while: \.isWhitespace)
            return switch self {
            case .mariadb: part.wholeMatch(of: #/[0-9]+-[0-9]+-[0-9]+\s*/#) != nil
            case .mysql: part.wholeMatch(of: Self.set) != nil
            }
        }
    }

    /// A UUID, with a tag since MySQL 8.3, and its intervals.
    private static var set: Regex<Substring> {
        #/[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?::(?:[a-z_][a-z0-9_]{0,31}|[0-9]+(?:-[0-9]+)?))+\s*/#
    }
}
