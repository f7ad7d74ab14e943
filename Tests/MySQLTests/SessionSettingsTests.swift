import TestSupport
import Testing

@testable import MySQL

/// A server that does not know all variables, as with an engine that is switched off.
@Suite struct SessionSettingsTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// The statements of a new session to a server that lacks variables.
    private func statements(without unknown: [String], _ number: UInt16) async throws -> [String] {
        let server = try ForgedServer(in: scratch) { client in
            client.send(ForgedServer.greeting("mysql_native_password"), number: 0)
            client.receive()
            client.send(ForgedServer.ok, number: 2)
            while let packet = client.receive() {
                let sql = String(decoding: packet.dropFirst(), as: UTF8.self)
                let isKnown = !unknown.contains { sql.contains("`\($0)`") }
                client.send(isKnown ? ForgedServer.ok : ForgedServer.error(number), number: 1)
            }
        }
        let options = ConnectionOptions(defaultsFile: "/dev/null", user: "u", password: "p", socket: server.path)
        try await Session.open(options).close()
        // The first packet is the client's name.
        return try await server.received().dropFirst().map { String(decoding: $0.dropFirst(), as: UTF8.self) }
    }

    /// The variables that a session has set at its end.
    private func variables(in statements: [String], without unknown: [String]) -> Set<String> {
        let accepted = statements.filter { sql in !unknown.contains { sql.contains("`\($0)`") } }
        return Set(accepted.flatMap { $0.matches(of: #/`(\w+)` = /#).map { String($0.1) } })
    }

    @Test(
        arguments: [
            ["innodb_lock_wait_timeout"], ["max_join_size"], ["sql_safe_updates", "long_query_time"], ["sql_mode"],
            ["time_zone", "sql_notes", "max_heap_table_size"], ["max_statement_time"], [],
        ],
        [1193, 1229] as [UInt16]
    )
    func `an unknown variable keeps no other one from being set`(unknown: [String], number: UInt16) async throws {
        let all = SessionSettings.all.settings.map(\.statement)
        let wanted = variables(in: all, without: []).subtracting(unknown)
        #expect(wanted.count > 40)
        let sent = try await statements(without: unknown, number)
        #expect(variables(in: sent, without: unknown) == wanted)
    }

    @Test func `no list has a variable of an engine that may be off`() {
        let lists = SessionSettings.all.settings.filter { !$0.singly.isEmpty }.map(\.statement)
        #expect(lists.count == 2)
        for engine in ["innodb", "aria", "myisam", "rocksdb", "wsrep"] {
            #expect(!lists.contains { $0.contains("`\(engine)_") })
        }
    }

    @Test func `another error ends the session`() async throws {
        await #expect(throws: MySQLError.self) { try await statements(without: ["sql_mode"], 1231) }
    }
}
