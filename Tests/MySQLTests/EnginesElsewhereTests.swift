import Lifecycle
import Testing

@testable import MySQL

/// Engines whose rows are not, or may not be, in the data directory.
@Suite struct EnginesElsewhereTests {
    private static let innodb = EngineUse(engine: "InnoDB", userTables: 9, systemTables: 4, isTransactional: true)

    private static func use(_ engine: String, _ tables: Int, system: Int = 0) -> EngineUse {
        EngineUse(engine: engine, userTables: tables, systemTables: system, isTransactional: false)
    }

    private func choose(
        _ engines: [EngineUse],
        version: String = "10.11.19-MariaDB",
        requested: LockPlanOption = .auto,
        allowInconsistent: Bool = false
    ) throws -> ChosenLockPlan {
        try LockPlan.choose(
            for: ServerIdentity(version: version, comment: ""),
            Inventory(engines: [Self.innodb] + engines),
            requested: requested,
            isOnOneVolume: true,
            allowInconsistent: allowInconsistent
        )
    }

    /// The engines of the manuals of MySQL 8.0 to 9.7, Percona Server 8.0 and MariaDB 10.4 to 11.8, as `SHOW ENGINES` names
    /// them; the last ones are made up.
    @Test(
        arguments: [
            ("InnoDB", RowPlace.files), ("MyISAM", .files), ("MRG_MYISAM", .files), ("MRG_MyISAM", .files),
            ("Aria", .files), ("CSV", .files), ("ARCHIVE", .files), ("ROCKSDB", .files), ("TokuDB", .files),
            ("Mroonga", .files),
            ("MEMORY", .none), ("BLACKHOLE", .none), ("EXAMPLE", .none), ("PERFORMANCE_SCHEMA", .none),
            ("SEQUENCE", .none), ("OQGRAPH", .none), ("ndbinfo", .none),
            ("FEDERATED", .otherServer), ("SPHINX", .otherServer),
            ("CONNECT", .unknown), ("Columnstore", .unknown), ("S3", .unknown), ("SPIDER", .unknown),
            ("ndbcluster", .unknown), ("CASSANDRA", .unknown), ("Lakehouse", .unknown), ("RAPID", .unknown),
            ("InnoDB2", .unknown), ("", .unknown),
        ]
    )
    func `an engine that is not known to keep its rows in known files is refused`(engine: String, place: RowPlace)
        throws
    {
        #expect(RowPlace(of: engine) == place)
        let uses = [Self.use(engine, 2)]
        for version in ["10.11.19-MariaDB", "9.7.4", "5.7.44"] {
            for requested in LockPlanOption.allCases where place == .unknown {
                #expect(throws: MySQLError.engines(uses)) {
                    try choose(uses, version: version, requested: requested)
                }
            }
            if place != .unknown { #expect(try choose(uses, version: version).inconsistency == nil) }
        }
    }

    @Test func `the refusal names each engine and its number of tables, before the lock`() {
        let uses = [Self.use("CONNECT", 2), Self.use("SPIDER", 1), Self.use("S3", 0, system: 3)]
        let error = #expect(throws: MySQLError.self) {
            try LockPlan.refuseEnginesElsewhere(Inventory(engines: uses), isAllowed: false)
        }
        #expect(error == .engines(Array(uses.prefix(2))))
        #expect(
            error?.message
                == "2 tables of CONNECT, 1 table of SPIDER: no backup of the data directory is sure to have their rows"
        )
        #expect(error?.failure.kind == .unsuitable)
        #expect(error?.failure.advice?.contains("--allow-inconsistent") == true)
    }

    @Test(arguments: [("10.11.19-MariaDB", LockPlan.stage), ("9.7.4", .readLock), ("10.3.39-MariaDB", .readLock)])
    func `an allowed set without these rows is marked, by every plan`(version: String, plan: LockPlan) throws {
        let choice = try choose([Self.use("CONNECT", 2)], version: version, allowInconsistent: true)
        #expect(choice.plan == plan)
        #expect(choice.inconsistency == "the rows of 2 tables of CONNECT may be elsewhere")
    }

    @Test func `without a lock both faults are named`() throws {
        let choice = try choose([Self.use("CONNECT", 1)], requested: .none, allowInconsistent: true)
        #expect(
            choice.inconsistency
                == "1 table is CONNECT, not InnoDB; the rows of 1 table of CONNECT may be elsewhere"
        )
    }

    @Test func `tables of another server and tables that cannot be opened bring a warning`() {
        let uses = [
            Self.use("FEDERATED", 2), Self.use("BLACKHOLE", 1), Self.use("MEMORY", 1), Self.use("?", 1),
            Self.use("SPHINX", 0, system: 1),
        ]
        let inventory = Inventory(engines: uses)
        #expect(
            inventory.engineWarnings == [
                "the rows of 2 tables of FEDERATED are on another server, not in the backup",
                "the server cannot open 1 table: their rows may not be in the backup",
            ]
        )
        #expect(inventory.enginesElsewhere == [])
        #expect(inventory.enginesInNeedOfLock.map(\.engine) == ["?"])
    }

    /// Engines that leave no file with a definition of their tables in the data directory.
    @Test(arguments: ["ndbcluster", "S3", "Lakehouse", "made_up"])
    func `an engine whose tables the account cannot see is refused, with the grant`(engine: String) throws {
        #expect(!RowPlace.hasDefinitions(engine))
        var inventory = Inventory(engines: [Self.innodb])
        inventory.hiddenEngines = [engine]
        let error = #expect(throws: MySQLError.hiddenTables([engine])) {
            try LockPlan.refuseEnginesElsewhere(inventory, isAllowed: false)
        }
        #expect(error?.failure.kind == .unsuitable)
        #expect(error?.failure.advice?.contains("GRANT REFERENCES ON *.*") == true)
        #expect(inventory.engineWarnings.count == 1)
        let choice = try LockPlan.choose(
            for: ServerIdentity(version: "9.7.4", comment: ""),
            inventory,
            requested: .auto,
            isOnOneVolume: true,
            allowInconsistent: true
        )
        #expect(choice.inconsistency == "unseen tables of \(engine) may be missing")
    }

    @Test(arguments: ["InnoDB", "MyISAM", "CONNECT", "SPIDER", "Columnstore", "ROCKSDB", "SPHINX", "MEMORY"])
    func `tables of an engine with definitions in files are seen without a privilege`(engine: String) {
        #expect(RowPlace.hasDefinitions(engine))
    }

    @Test(
        arguments: [
            (["GRANT USAGE ON *.* TO `u`@`localhost`"], false),
            (["GRANT RELOAD, PROCESS, REPLICATION CLIENT ON *.* TO `u`@`localhost`"], false),
            (["GRANT PROCESS ON *.* TO `u`@`%`", "GRANT SELECT ON `shop`.* TO `u`@`%`"], false),
            (["GRANT PROCESS, REFERENCES ON *.* TO `u`@`localhost`"], true),
            (["GRANT SELECT, RELOAD ON *.* TO `u`@`localhost`"], true),
            (["GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"], true),
            (["GRANT SELECT ON *.* TO `u`@`%`", "REVOKE SELECT ON `shop`.* FROM `u`@`%`"], false),
            (["GRANT `reader`@`%` TO `u`@`%`", "GRANT PROCESS ON *.* TO `u`@`%`"], false),
        ]
    )
    func `grants tell whether the account sees all tables`(lines: [String], showsAll: Bool) {
        #expect(GrantedPrivileges(lines: lines).showsAllTables == showsAll)
    }

    @Test(
        arguments: [
            (["rocksdb_datadir": "/r"], [DataFile(role: .tablespace, path: "/r")]),
            (
                ["tokudb_data_dir": "/t", "tokudb_log_dir": "/l"],
                [DataFile(role: .tablespace, path: "/t"), DataFile(role: .redoLog, path: "/l")]
            ),
            (["tokudb_data_dir": "", "tokudb_log_dir": ""], []),
            (["mroonga_database_path_prefix": "/m/"], [DataFile(role: .tablespace, path: "/m", names: ["*.mrn*"])]),
            (
                ["mroonga_database_path_prefix": "../m/a[b"],
                [DataFile(role: .tablespace, path: "/d/../m", names: [#"a\[b*.mrn*"#])]
            ),
            (["mroonga_database_path_prefix": ""], []),
        ] as [([String: String], [DataFile])]
    )
    func `directories of engines are known by their variables`(variables: [String: String], files: [DataFile]) throws {
        let inventory = { (variables: [String: String]) in
            FileInventory(
                identity: try ServerIdentity(version: "10.5.29-MariaDB", comment: ""),
                variables: ServerVariables(variables.merging(["datadir": "/d"]) { $1 })
            )
        }
        let plain = try inventory([:]).files()
        #expect(try inventory(variables).files().filter { !plain.contains($0) } == files)
    }
}
