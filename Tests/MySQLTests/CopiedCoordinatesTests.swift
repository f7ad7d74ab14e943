import Lifecycle
import Testing

@testable import MySQL

@Suite struct CopiedCoordinatesTests {
    private static let said = Coordinates.Position(file: "binlog.000007", position: 825)

    @Test func `a log that ends where the server said is no difference`() {
        #expect(CopiedCoordinates.Difference(said: Self.said, file: "binlog.000007", size: 825) == nil)
    }

    @Test(arguments: [
        // Changes after the coordinates, and changes that the copy lacks.
        ("binlog.000007", 826, true), ("binlog.000007", 824, true),
        // FLUSH LOGS begins a log, and changes nothing.
        ("binlog.000008", 157, false),
    ])
    func `a log that ends elsewhere makes the coordinates inexact`(file: String, size: UInt64, isDoubt: Bool) throws {
        let difference = try #require(CopiedCoordinates.Difference(said: Self.said, file: file, size: size))
        #expect(difference.isDoubt == isDoubt)
        let copied = "the copy's newest log is \"\(file)\" of \(size) bytes"
        #expect(difference.text == "the server said \"binlog.000007\" 825, but \(copied)")
    }

    private func reading(_ version: String, logBin: String, engines: [EngineUse] = []) throws -> ServerReading {
        ServerReading(
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(["datadir": "/d", "log_bin": logBin]),
            inventory: Inventory(engines: engines, isReplica: true),
            plugins: []
        )
    }

    private static let channel = Coordinates.Channel(name: "", sourceHost: "db1", sourcePort: 3306, executed: said)

    @Test func `a server of MySQL without a binary log keeps its GTIDs and channels`() throws {
        let gtid = Rows(columns: ["gtid"], values: [["aaaa:1-5,\nbbbb:1-2"]])
        let answers = CopiedCoordinates.Answers(gtid: gtid, channels: [Self.channel])
        let reading = try reading("9.7.4", logBin: "OFF")
        let coordinates = CopiedCoordinates.unlogged(answers, of: reading, live: [])
        #expect(coordinates == Coordinates(gtid: "aaaa:1-5,bbbb:1-2", channels: [Self.channel]))
        #expect(CopiedCoordinates.unlogged(CopiedCoordinates.Answers(), of: reading, live: []) == nil)
        #expect(CopiedCoordinates.unlogged(answers, of: try self.reading("9.7.4", logBin: "ON"), live: []) == nil)
    }

    @Test(
        arguments: [("0-1-8", nil), ("", "channel \"\": the position was read while replication went on")]
            as [(String, String?)]
    )
    func `a replica of MariaDB without a binary log keeps its GTID state`(state: String, doubt: String?) throws {
        let gtid = Rows(columns: ["gtid", "replica_gtid"], values: [["", state]])
        let answers = CopiedCoordinates.Answers(gtid: gtid)
        let reading = try reading("10.11.19-MariaDB", logBin: "OFF")
        let coordinates = try #require(CopiedCoordinates.unlogged(answers, of: reading, live: [Self.channel]))
        #expect(coordinates.replicaGTID == (state.isEmpty ? nil : state))
        #expect(coordinates.gtid == nil && coordinates.binlog == nil && coordinates.statement == nil)
        #expect(coordinates.channels.count == 1)
        #expect(coordinates.inexactBecause == doubt)
    }

    @Test func `tables that were written without a lock make such coordinates inexact`() throws {
        let uses = [EngineUse(engine: "MyISAM", userTables: 1, systemTables: 0, isTransactional: false)]
        let answers = CopiedCoordinates.Answers(gtid: Rows(columns: ["gtid"], values: [["aaaa:1-5"]]))
        let reading = try reading("9.7.4", logBin: "OFF", engines: uses)
        let coordinates = CopiedCoordinates.unlogged(answers, of: reading, live: [])
        #expect(coordinates?.inexactBecause == "tables of MyISAM were written without a lock")
    }
}
