import Lifecycle
import Testing

@testable import MySQL

@Suite struct CoordinateTests {
    private func reading(_ version: String, logs: Bool = true) throws -> CoordinateReading {
        CoordinateReading(identity: try ServerIdentity(version: version, comment: ""), logsChanges: logs)
    }

    @Test(
        arguments: [
            ("10.3.39-MariaDB", "SHOW MASTER STATUS", "SHOW ALL SLAVES STATUS"),
            ("11.4.2-MariaDB", "SHOW MASTER STATUS", "SHOW ALL SLAVES STATUS"),
            ("5.7.44", "SHOW MASTER STATUS", "SHOW SLAVE STATUS"),
            ("8.0.21", "SHOW MASTER STATUS", "SHOW SLAVE STATUS"),
            ("8.0.36", "SHOW MASTER STATUS", "SHOW REPLICA STATUS"),
            ("8.4.0", "SHOW BINARY LOG STATUS", "SHOW REPLICA STATUS"),
        ]
    )
    func `each release is asked in words that it knows`(version: String, position: String, channels: String) throws {
        let reading = try reading(version)
        #expect(reading.position == position)
        #expect(reading.channels == channels)
    }

    @Test func `with the binary log off its position is not asked for`() throws {
        #expect(try reading("10.11.19-MariaDB", logs: false).position == nil)
    }

    @Test func `MariaDB's answers are put together`() throws {
        let coordinates = try reading("10.11.19-MariaDB").coordinates(
            position: Rows(
                columns: ["File", "Position", "Binlog_Do_DB", "Binlog_Ignore_DB"],
                values: [["binlog.000001", "1911", "", ""]]
            ),
            gtid: Rows(columns: ["gtid", "replica_gtid"], values: [["0-1-8,7-1-1", ""]]),
            channels: Rows(
                columns: [
                    "Connection_name", "Master_Host", "Master_Port", "Relay_Master_Log_File", "Exec_Master_Log_Pos",
                ],
                values: [["", "db0", "3306", "bin.000007", "330"], ["eu", "db9", "3307", "", "0"]]
            )
        )
        #expect(coordinates.binlog == .init(file: "binlog.000001", position: 1911))
        #expect(coordinates.gtid == "0-1-8,7-1-1")
        #expect(coordinates.replicaGTID == nil)
        #expect(
            coordinates.channels == [
                .init(
                    name: "",
                    sourceHost: "db0",
                    sourcePort: 3306,
                    executed: .init(file: "bin.000007", position: 330)
                ),
                .init(name: "eu", sourceHost: "db9", sourcePort: 3307, executed: nil),
            ]
        )
    }

    @Test func `MySQL's new column names are read, and sets of GTIDs come in one line`() throws {
        let coordinates = try reading("8.4.0").coordinates(
            position: Rows(columns: ["File", "Position"], values: [["binlog.000002", "157"]]),
            gtid: Rows(columns: ["gtid"], values: [["aaaa:1-5,\nbbbb:1"]]),
            channels: Rows(
                columns: [
                    "Source_Host", "Source_Port", "Relay_Source_Log_File", "Exec_Source_Log_Pos", "Channel_Name",
                ],
                values: [["db0", "3306", "binlog.000009", "4", "west"]]
            )
        )
        #expect(coordinates.gtid == "aaaa:1-5,bbbb:1")
        #expect(
            coordinates.channels == [
                .init(
                    name: "west",
                    sourceHost: "db0",
                    sourcePort: 3306,
                    executed: .init(file: "binlog.000009", position: 4)
                )
            ]
        )
    }

    @Test(arguments: [true, false])
    func `answers are taken in the order of the statements`(logs: Bool) throws {
        let position = Rows(columns: ["File", "Position"], values: [["binlog.000002", "157"]])
        let gtid = Rows(columns: ["gtid", "replica_gtid"], values: [["0-1-8", "0-2-9"]])
        let channels = Rows(columns: ["Connection_name", "Master_Host"], values: [["", "db0"]])
        let reading = try reading("10.11.19-MariaDB", logs: logs)
        let coordinates = try reading.coordinates((logs ? [position] : []) + [gtid, channels])
        #expect(coordinates.binlog?.position == (logs ? 157 : nil))
        #expect(coordinates.gtid == "0-1-8")
        #expect(coordinates.channels.map(\.sourceHost) == ["db0"])
        #expect(throws: MySQLError.self) { try reading.coordinates([gtid]) }
    }

    @Test func `a binary log without a position is an error`() throws {
        let reading = try reading("10.11.19-MariaDB")
        #expect(throws: MySQLError.answer(to: "SHOW MASTER STATUS", missing: "File and Position")) {
            try reading.coordinates(position: Rows(), gtid: Rows(), channels: Rows())
        }
    }

    @Test(
        arguments: [
            (
                "10.11.19-MariaDB", "0-1-8",
                """
                SET GLOBAL `gtid_slave_pos` = '0-1-8';
                CHANGE MASTER TO MASTER_HOST = 'db1', MASTER_PORT = 3306, MASTER_LOG_FILE = 'b.000001', MASTER_LOG_POS = 4;
                """
            ),
            (
                "8.0.22", "aaaa:1-5",
                "CHANGE MASTER TO MASTER_HOST = 'db1', MASTER_PORT = 3306, MASTER_LOG_FILE = 'b.000001', MASTER_LOG_POS = 4;"
            ),
            (
                "8.4.0", nil,
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db1', SOURCE_PORT = 3306, SOURCE_LOG_FILE = 'b.000001', "
                    + "SOURCE_LOG_POS = 4;"
            ),
        ] as [(String, String?, String)]
    )
    func `a ready statement makes the copy a replica`(version: String, gtid: String?, statement: String) throws {
        let coordinates = Coordinates(binlog: .init(file: "b.000001", position: 4), gtid: gtid)
        #expect(try reading(version).statement(for: coordinates, host: "db1", port: 3306) == statement)
    }

    @Test func `the log status of MySQL is read from its JSON`() throws {
        let json = #"{"gtid_executed": "aaaa:1-5", "binary_log_file": "binlog.000003", "binary_log_position": 1234}"#
        let coordinates = try LogStatus.coordinates(Rows(columns: ["LOCAL"], values: [[json]]))
        #expect(coordinates == Coordinates(binlog: .init(file: "binlog.000003", position: 1234), gtid: "aaaa:1-5"))
        #expect(throws: MySQLError.self) { try LogStatus.coordinates(Rows(columns: ["LOCAL"], values: [["?"]])) }
        let two = #"{"gtid_executed": "aaaa:1-5,\nbbbb:1-2"}"#
        let set = try LogStatus.coordinates(Rows(columns: ["LOCAL"], values: [[two]]))
        #expect(set == Coordinates(gtid: "aaaa:1-5,bbbb:1-2"))
    }
}
