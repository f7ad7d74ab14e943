import Foundation
import Testing

@testable import MySQL

/// The statements themselves, before any server is asked.
@Suite struct StatementTests {
    /// Words of SQL's grammar, functions and types; any other word is a name, and must be quoted.
    private static let grammar: Set = [
        "ABS", "ALL", "AND", "AS", "BACKUP", "BINARY", "BINLOG", "BLOCK_COMMIT", "BLOCK_DDL", "BY", "CAST", "CHANGE",
        "COALESCE", "COLLATE", "CONNECTION_ID", "CONVERT", "COUNT", "CURRENT_USER",
        "DISTINCT", "END", "ENGINE", "FLUSH", "FOR", "FORMAT", "FROM", "FULL",
        "GLOBAL", "GRANTS", "GROUP", "GTID_SUBSET", "IF", "IN", "INSTANCE", "IS", "ISOLATION", "KILL", "LEVEL", "LIKE",
        "LOCK",
        "LOG", "LOGS",
        "MASTER", "NAMES", "NOT", "NO_WRITE_TO_BINLOG", "NULL", "OR", "PROCESSLIST", "QUERY", "READ", "RECOVER",
        "REPEATABLE",
        "REPLICA", "REPLICATION", "ROLLUP", "SELECT", "SESSION", "SET", "SHOW", "SIGNED", "SLAVE", "SLAVES", "SOURCE",
        "STAGE",
        "START", "STATUS", "SUBSTRING_INDEX", "TABLES", "TO", "TRANSACTION", "UNIX_TIMESTAMP", "UNLOCK", "USER",
        "VARIABLES", "VERSION", "WHERE",
        "WITH", "WRITE", "XA", "XID",
    ]

    /// Options of `CHANGE MASTER TO` and its successor are words of the grammar, too.
    private static let options: Set = [
        "MASTER_HOST", "MASTER_LOG_FILE", "MASTER_LOG_POS", "MASTER_PORT", "SOURCE_HOST", "SOURCE_LOG_FILE",
        "SOURCE_LOG_POS", "SOURCE_PORT",
    ]

    /// A release makes any word a reserved one: LIBRARY in MySQL 9.2 ended every run with error 1064.
    @Test func `every name and alias is quoted`() throws {
        for statement in try StatementCatalogue.all() {
            let bare = statement.replacing(#/'(''|[^'])*'|`[^`]*`/#, with: " ").replacing("@@global.", with: " ")
            let words = bare.matches(of: #/[A-Za-z_][A-Za-z_0-9]*/#).map { String($0.output) }
            let names = words.filter { !Self.grammar.contains($0) && !Self.options.contains($0) }
            #expect(names == [], "\(statement)")
        }
    }

    @Test func `an alias is quoted`() throws {
        for statement in try StatementCatalogue.all() {
            #expect(statement.matches(of: #/\bAS (?!SIGNED\)|BINARY\)|`)/#).isEmpty, "\(statement)")
        }
    }

    /// The least that a server can be set to take (`max_allowed_packet`), with its header.
    @Test func `no statement is longer than what every server takes`() throws {
        for statement in try StatementCatalogue.all() { #expect(statement.utf8.count < 1000, "\(statement)") }
    }

    /// Literals that begin like a statement must be the beginning of one of the catalogue.
    @Test func `the catalogue has every statement of the sources`() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources/MySQL")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let known = try StatementCatalogue.all()
        var found = 0
        for case let file as URL in files where file.pathExtension == "swift" {
            // Sent by an injected fault alone.
            if file.lastPathComponent == "StatementFaults.swift" { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            // The name of a privilege begins like a statement.
            for start in Self.statements(in: text) where start != "SHOW VIEW" {
                found += 1
                #expect(known.contains { $0.hasPrefix(start) }, "\(file.lastPathComponent): \(start)")
            }
        }
        #expect(found > 20)
    }

    /// The beginnings of statements among a source's literals, each up to its first interpolation or line's end.
    private static func statements(in text: String) -> [String] {
        let verb =
            #/(?:"|\n\ +)((?:SELECT|SHOW|SET|FLUSH|LOCK|UNLOCK|BACKUP|KILL|CHANGE|START|STOP|DO)\ [^"\n]*)/#
        return text.matches(of: verb).map { match in
            let whole = String(match.output.1)
            let end = whole.firstRange(of: "\\")?.lowerBound ?? whole.endIndex
            return String(whole[..<end])
        }
    }

    @Test(arguments: [("plain", "`plain`"), ("a`b", "`a``b`"), ("", "``")])
    func `a name is quoted for SQL`(name: String, quoted: String) {
        #expect(name.quotedAsName == quoted)
    }
}
