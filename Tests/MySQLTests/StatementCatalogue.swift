import Lifecycle

@testable import MySQL

/// Every statement that the product can send, for each product and release that has words of its own.
///
/// `StatementTests` holds it against the sources, so that no statement is missing.
enum StatementCatalogue {
    /// A release of each product with words of its own.
    static let releases = [
        "8.0.19", "8.0.36", "8.4.0", "9.7.4", "10.3.39-MariaDB", "10.11.19-MariaDB", "11.8.3-MariaDB",
    ]

    /// Sent to every server.
    static func reading(_ identity: ServerIdentity) -> [String] {
        let tablespaces = [
            ("INNODB_SYS_TABLESPACES", "FILENAME"), ("INNODB_SYS_DATAFILES", "PATH"), ("INNODB_DATAFILES", "PATH"),
        ]
        let rows = Rows(columns: ["TABLE_NAME", "COLUMN_NAME"], values: tablespaces.map { [$0.0, $0.1] })
        let commit = DurableCommit(identity: identity)
        let settings = SessionSettings.all.settings.flatMap { [$0.statement] + $0.singly }
        return settings + [
            MySQLContext.sessionTimeout, ServerReading.version, ServerReading.variables, ServerReading.plugins,
            ServerVariables.question(about: "innodb_data_file_path"),
            ServerReading.variableCount(identity), Session.count(of: ServerReading.plugins), KeyInventory.component,
            KeyInventory.plugins, EngineInventory.tables, EngineInventory.openTables, EngineInventory.transactional,
            EngineInventory.schemas,
            EngineInventory.enabled,
            TablespaceInventory.dictionaries, RedoLogStatus.question, GrantedPrivileges.statement,
            LongStatements.question, FlushStep.statement, HeldLock.question,
            commit.question, DurableCommit.probe, DurableCommit.value, commit.lower,
            commit.restore("0", datadir: "/d/", startedAt: 7, accounts: ["root"]),
            Session.statement(for: .statement(4_294_967_295)), Session.statement(for: .session(4_294_967_295)),
        ] + commit.raise + TablespaceInventory.statements(rows) + coordinates(identity)
    }

    /// The statements for the logs' positions and for a replica.
    static func coordinates(_ identity: ServerIdentity) -> [String] {
        let reading = CoordinateReading(identity: identity, logsChanges: true)
        let position = Coordinates.Position(file: "binlog.000001", position: 4)
        let known = Coordinates(binlog: position, gtid: "0-1-7")
        return reading.statements + [
            LogStatus.statement, RecoveredChannels.sources, RecoveredChannels.applied, RecoveredChannels.workers,
            XID.recovered(identity),
        ]
            + (reading.statement(for: known, host: "db1", port: 3306) ?? "").split(separator: "\n").map(String.init)
    }

    /// The statements of each lock plan that the server has.
    static func locking(_ identity: ServerIdentity) -> [String] {
        let reading = CoordinateReading(identity: identity, logsChanges: true)
        return LockPlan.allCases
            .filter { $0 != .stage || identity.hasBackupStages }
            .filter { $0 != .instance || identity.hasInstanceLock }
            .flatMap {
                LockStep.lines($0, reading: reading, datadir: "/d", limit: .seconds(9), holding: .seconds(9))
            }
            .filter { !$0.hasPrefix("sync ") }
    }

    static func all(_ identity: ServerIdentity) -> [String] { reading(identity) + locking(identity) }

    /// Sent to a private server alone: for a replay of binary logs, or a check of tables.
    static var onPrivateServer: [String] {
        [
            TableCheck.tables, Replay.packets, Replay.mode, Replay.setMode("ON_PERMISSIVE"),
            Replay.isExecuted("\(uuid):7"),
        ]
    }

    private static let uuid = "b597805e-eb18-11f1-8492-02fc00000001"

    /// Those of every release together.
    static func all() throws -> [String] {
        try releases.flatMap { all(try ServerIdentity(version: $0, comment: "")) } + onPrivateServer
    }
}
