import Glibc
import Lifecycle
import Testing

@testable import MySQL

@Suite struct ServerIdentityTests {
    @Test(
        arguments: [
            ("10.11.19-MariaDB-0+deb12u1-log", "Debian 12", Flavour.mariadb, ServerVersion(10, 11, 19)),
            ("5.5.5-10.4.31-MariaDB", "mariadb.org binary distribution", .mariadb, ServerVersion(10, 4, 31)),
            ("11.4.2-MariaDB", "", .mariadb, ServerVersion(11, 4, 2)),
            ("8.0.36", "MySQL Community Server - GPL", .mysql, ServerVersion(8, 0, 36)),
            ("8.0.36-28", "Percona Server (GPL), Release 28", .percona, ServerVersion(8, 0, 36)),
            ("5.7.44-log", "MySQL Community Server (GPL)", .mysql, ServerVersion(5, 7, 44)),
            ("9.1", "", .mysql, ServerVersion(9, 1, 0)),
        ]
    )
    func `product and release are read from what the server says`(
        text: String,
        comment: String,
        flavour: Flavour,
        version: ServerVersion
    ) throws {
        let identity = try ServerIdentity(version: text, comment: comment)
        #expect(identity.flavour == flavour)
        #expect(identity.version == version)
        #expect(identity.versionText == text)
    }

    @Test(arguments: ["", "MariaDB", "x.y", "10"])
    func `a text without a release number is refused`(text: String) {
        #expect(throws: MySQLError.version(text)) { try ServerIdentity(version: text, comment: "") }
    }
}

@Suite struct FileInventoryTests {
    private func inventory(_ version: String, _ variables: [String: String]) throws -> FileInventory {
        let usual = ["innodb_data_file_path": "ibdata1:12M:autoextend"]
        return FileInventory(
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(usual.merging(variables) { $1 })
        )
    }

    /// The answers of MariaDB 10.11.19 of Debian without configuration.
    private static let debian = [
        "datadir": "/var/lib/mysql/", "aria_log_dir_path": "/var/lib/mysql/", "innodb_data_home_dir": "",
        "innodb_log_group_home_dir": "./", "innodb_undo_directory": "./", "log_bin": "OFF", "log_bin_basename": "",
        "innodb_data_file_path": "ibdata1:12M:autoextend", "relay_log_basename": "",
    ]

    @Test func `of a plain server all is in the data directory`() throws {
        let inventory = try inventory("10.11.19-MariaDB", Self.debian)
        let directory = "/var/lib/mysql"
        #expect(
            inventory.files() == [
                DataFile(role: .datadir, path: directory),
                DataFile(role: .systemTablespace, path: directory + "/ibdata1"),
                DataFile(role: .redoLog, path: directory, names: ["ib_logfile*", "#innodb_redo"]),
                DataFile(role: .undoLog, path: directory, names: ["undo*", "*.ibu"]),
                DataFile(role: .ariaLog, path: directory, names: ["aria_log*"]),
                DataFile(role: .temporary, path: directory + "/ibtmp1", isRequired: false),
            ]
        )
        #expect(
            inventory.openFiles() == [
                directory + "/ibdata1", directory + "/ib_logfile0", directory + "/aria_log_control",
            ]
        )
    }

    @Test(arguments: [("9.7.4", ["/d/ibdata1", "/d/mysql.ibd"]), ("5.7.44", ["/d/ibdata1"])])
    func `the data dictionary of MySQL shows the data directory`(version: String, openFiles: [String]) throws {
        #expect(try inventory(version, ["datadir": "/d"]).openFiles() == openFiles)
    }

    /// Measured, MySQL 9.7.4.
    @Test(
        arguments: [
            ("9.7.4", "dblwr", "", "/d/#dblwr"), ("9.7.4", "a/b", "", "/d/#a/b"), ("9.7.4", "./dw", "", "/d/dw"),
            ("9.7.4", "#dw", "", "/d/#dw"), ("9.7.4", "../dw", "", "/d/../dw"), ("9.7.4", ".dw", "", "/d/.dw"),
            ("9.7.4", "/fast/dw", "", "/fast/dw"), ("9.7.4", "dw", "/home", "/d/#dw"), ("9.7.4", "", "/home", "/home"),
            ("9.7.4", "", "", nil), ("10.11.19-MariaDB", "", "/home", nil),
        ] as [(String, String, String, String?)]
    )
    func `the doublewrite directory is where the server makes it`(
        version: String,
        directory: String,
        home: String,
        path: String?
    ) throws {
        let variables = ["datadir": "/d", "innodb_doublewrite_dir": directory, "innodb_data_home_dir": home]
        let files = try inventory(version, variables).files().filter { $0.role == .doublewrite }
        #expect(files == [path].compactMap { $0.map { DataFile(role: .doublewrite, path: $0, names: ["#ib_*dblwr"]) } })
    }

    @Test func `data elsewhere is named`() throws {
        let elsewhere = [
            "innodb_data_home_dir": "/ssd", "innodb_data_file_path": "a:10M;b:10M:autoextend",
            "innodb_log_group_home_dir": "/redo", "innodb_undo_directory": "/undo/", "innodb_doublewrite_dir": "/dw",
            "log_bin": "ON", "log_bin_basename": "/logs/db1-bin", "log_bin_index": "/index/db1-bin.index",
            "relay_log_basename": "/relay/relay-bin", "file_key_management_filename": "/etc/keys.enc",
        ]
        let inventory = try inventory("8.0.36", Self.debian.merging(elsewhere) { _, new in new })
        let paths = inventory.files().map { "\($0.role.rawValue) \($0.path)\($0.isRequired ? "" : " (not required)")" }
        #expect(
            Set(paths).isSuperset(of: [
                "systemTablespace /ssd/a", "systemTablespace /ssd/b", "redoLog /redo", "undoLog /undo",
                "doublewrite /dw", "binlog /logs (not required)", "binlog /index (not required)",
                "relayLog /relay (not required)", "keyring /etc/keys.enc (not required)",
            ])
        )
    }

    @Test(
        arguments: [
            (["log_bin": "ON", "encrypt_binlog": "ON"], true), (["log_bin": "ON", "binlog_encryption": "ON"], true),
            (["log_bin": "ON", "encrypt_binlog": "OFF"], false), (["log_bin": "OFF", "encrypt_binlog": "ON"], false),
        ]
    )
    func `an encrypted binary log is known by either product's variable`(variables: [String: String], isEncrypted: Bool)
        throws
    {
        let own = ["datadir": "/d/", "log_bin_basename": "/d/binlog"]
        let inventory = try inventory("8.0.36", own.merging(variables) { _, new in new })
        #expect(inventory.isBinlogEncrypted == isEncrypted)
    }

    @Test(arguments: [("10.11.19-MariaDB", false), ("5.7.44", false), ("8.0.36", true)])
    func `the server's own tables are named, without those of its logs`(version: String, hasDictionary: Bool) throws {
        let files = try inventory(version, ["datadir": "/d/"]).systemTables
        #expect(files.map(\.path) == ["/d/mysql"] + (hasDictionary ? ["/d/mysql.ibd"] : []))
        #expect(files.allSatisfy { $0.role == .systemTables && !$0.isRequired })
        let isNamed = { (name: String) in files[0].names?.contains { fnmatch($0, name, 0) == 0 } == true }
        let own = [
            "db.MAD", "global_priv.MAI", "gtid_slave_pos.ibd", "proc.MYD", "servers.MAD", "slave_worker_info.ibd",
        ]
        for name in own { #expect(isNamed(name), "\(name)") }
        for name in ["general_log.CSV", "slow_log.frm", "slow_log_211.sdi"] { #expect(!isNamed(name), "\(name)") }
    }

    @Test func `data and log of MyRocks are required`() throws {
        let rocksdb = ["datadir": "/d/", "rocksdb_datadir": "./#rocksdb", "rocksdb_wal_dir": "/ssd/wal"]
        let files = try inventory("10.11.19-MariaDB", rocksdb).files()
        #expect(files.contains(DataFile(role: .tablespace, path: "/d/#rocksdb")))
        #expect(files.contains(DataFile(role: .redoLog, path: "/ssd/wal")))
    }

    @Test func `MyRocks without a directory for its log has it with the data`() throws {
        let rocksdb = ["datadir": "/d/", "rocksdb_datadir": "/r", "rocksdb_wal_dir": ""]
        let paths = try inventory("10.11.19-MariaDB", rocksdb).files().map(\.path)
        #expect(Set(paths) == ["/d", "/d/ibdata1", "/d/ibtmp1", "/r"])
    }

    @Test func `without InnoDB a copy is known by the control file of Aria`() throws {
        let variables = ["datadir": "/d", "innodb_data_file_path": "", "aria_log_dir_path": "/d/aria/"]
        let files = try inventory("10.11.19-MariaDB", variables)
        #expect(files.systemTablespaces() == [] && files.identifying == ["/d/aria/aria_log_control"])
        #expect(try inventory("10.11.19-MariaDB", ["datadir": "/d"]).identifying == ["/d/ibdata1"])
    }

    @Test func `a copy does without the binary log and relay logs`() throws {
        let logs = ["datadir": "/d", "relay_log_basename": "/r/r", "log_bin": "ON", "log_bin_basename": "/b/b"]
        let files = try inventory("8.0.36", logs).files()
        #expect(Set(files.filter { !$0.isRequired }.map(\.path)) == ["/r", "/b", "/d/ibtmp1"])
    }

    @Test(
        arguments: [
            (["innodb_temp_data_file_path": "/fast/tmp.ibd:12M:autoextend"], "/fast/tmp.ibd", nil),
            (["innodb_temp_data_file_path": "t1:12M", "innodb_data_home_dir": "/home"], "/home/t1", nil),
            (["innodb_temp_data_file_path": "../x/t1:12M"], "/d/../x/t1", nil),
            (["innodb_temp_tablespaces_dir": "./#innodb_temp/"], "/d/#innodb_temp", ["temp_*.ibt"]),
            (["tmpdir": "/tmp:tmp"], "/d/tmp", ["#sql*"]), (["innodb_tmpdir": "sort"], "/d/sort", ["#sql*"]),
        ] as [([String: String], String, [String]?)]
    )
    func `temporary data is known by the server's variables`(
        variables: [String: String],
        path: String,
        names: [String]?
    )
        throws
    {
        let files = try inventory("8.0.36", ["datadir": "/d"].merging(variables) { _, new in new }).files()
        #expect(files.contains(DataFile(role: .temporary, path: path, isRequired: false, names: names)))
    }

    @Test func `a data directory that is the directory for temporary files is not temporary`() throws {
        let files = try inventory("8.0.36", ["datadir": "/d/", "tmpdir": "/d/."]).files()
        #expect(files.filter { $0.role == .temporary }.map(\.path) == ["/d/ibtmp1"])
    }

    @Test func `of a log's directory only the log belongs to the server`() throws {
        let variables = [
            "datadir": "/d", "log_bin": "ON", "log_bin_basename": "/l/a[1]", "log_bin_index": "/l/names.index",
            "relay_log_basename": "/l/relay",
        ]
        let files = try inventory("8.0.36", variables).files().filter { $0.path == "/l" }
        #expect(
            files.map(\.names) == [
                [#"a\[1]"#, #"a\[1].*"#], ["names", "names.*"], ["relay", "relay.*", "relay-*"],
            ]
        )
    }

    @Test func `only tablespaces outside the data directory are listed`() {
        let files = TablespaceInventory.remote(
            [
                "./ibdata1", "./w/i.ibd", "/data2/w/remote.ibd", "/d/w/x.ibd", "/known/a", "../else/t.ibd", "/fast/t1",
                "/fast/sessions/temp_1.ibt", "/fast/sessions/shop/t.ibd", "/fast/sessions/t.ibd",
                "/fast/sessions/x/temp_1.ibt", "./../near/u.ibd", "/d/../far/v.ibd", "/d/db/../w.ibd",
            ],
            datadir: "/d",
            known: [
                DataFile(role: .tablespace, path: "/known/a"), DataFile(role: .temporary, path: "/fast/t1"),
                DataFile(role: .temporary, path: "/fast/sessions", names: ["temp_*.ibt"]),
            ]
        )
        // A table in or below a directory for temporary files is none of them.
        let beside = ["/fast/sessions/shop/t.ibd", "/fast/sessions/t.ibd", "/fast/sessions/x/temp_1.ibt"]
        // The kernel tells where "..", behind a symbolic link, leads to.
        let around = ["/d/../else/t.ibd", "/d/../far/v.ibd", "/d/../near/u.ibd", "/d/db/../w.ibd"]
        #expect(Set(files.map(\.path)) == Set(["/data2/w/remote.ibd"] + beside + around))
    }
}

@Suite struct EngineInventoryTests {
    @Test func `engines are counted apart for users and system`() throws {
        let tables = Rows(
            columns: ["engine", "is_system", "number"],
            values: [["InnoDB", "0", "7"], ["MyISAM", "0", "1"], ["PERFORMANCE_SCHEMA", "1", "3"]]
        )
        let open = Rows(
            columns: ["engine", "name", "number"],
            values: [
                ["InnoDB", "", "4"], ["Aria", "db", "1"], ["Aria", "plugin", "2"], ["Aria", "mine", "1"],
                ["CSV", "general_log", "1"], ["MyISAM", "db", "1"], ["?", "broken", "1"],
            ]
        )
        let uses = try EngineInventory.uses(
            tables: tables,
            openTables: open,
            transactional: Rows(columns: ["engine"], values: [["InnoDB"]])
        )
        #expect(
            uses == [
                EngineUse(engine: "?", userTables: 1, systemTables: 0, isTransactional: false),
                EngineUse(engine: "Aria", userTables: 1, systemTables: 3, isTransactional: false),
                EngineUse(engine: "CSV", userTables: 0, systemTables: 1, isTransactional: false),
                EngineUse(engine: "InnoDB", userTables: 7, systemTables: 4, isTransactional: true),
                EngineUse(engine: "MyISAM", userTables: 2, systemTables: 0, isTransactional: false),
                EngineUse(engine: "PERFORMANCE_SCHEMA", userTables: 0, systemTables: 3, isTransactional: false),
            ]
        )
    }

    @Test func `an account that sees no table at all cannot tell which lock is right`() {
        #expect(throws: MySQLError.self) {
            try EngineInventory.uses(tables: Rows(), openTables: Rows(), transactional: Rows())
        }
    }
}

@Suite struct LongStatementsTests {
    private let columns = ["Id", "User", "Command", "Time", "Info"]

    @Test func `only statements that run for long are named, and only by their first word`() {
        let rows = Rows(
            columns: columns,
            values: [
                ["3", "app", "Query", "61", "UPDATE t SET secret = 'x'"],
                ["4", "app", "Query", "59", "UPDATE t SET k = 1"],
                ["5", "app", "Sleep", "900", nil],
                ["6", "me", "Query", "70", "SHOW FULL PROCESSLIST"],
                ["7", "repl", "Slave_SQL", "9000", "Slave has read all relay log"],
            ]
        )
        let found = LongStatements.older(than: .seconds(60), in: rows, except: [6])
        #expect(found == ["UPDATE of \"app\" for 61 s (process 3)"])
    }

    @Test(
        arguments: [
            ("app", "Fetch", "SELECT a FROM t", "SELECT"), ("app", "Execute", "/* app */ DELETE FROM t", "DELETE"),
            ("app", "Query", "(SELECT 1)", "SELECT"), ("app", "Query", "-- app\nDELETE FROM t", "DELETE"),
            ("app", "Query", "/*!50001 DELETE FROM t */", "/*!50001"),
            ("root", "Connect", "OPTIMIZE TABLE t", "OPTIMIZE"),
            ("system user", "Slave_worker", "ALTER TABLE t FORCE", "ALTER"),
            ("system user", "Slave_SQL", "alter table t force", "alter"),
            ("system user", "Query", "/* app */ UPDATE t SET a = 1", nil),
            ("system user", "Slave_SQL", "Slave has read all relay log; waiting for more updates", nil),
            ("system user", "Connect", "Group replication applier module", nil), ("system user", "Connect", "", nil),
            ("event_scheduler", "Daemon", "Waiting for next activation", nil),
            ("repl", "Binlog Dump GTID", "SELECT 1", nil), ("repl", "Binlog Dump", nil, nil),
            ("app", "Sleep", "SELECT 1", nil), ("app", "Query", nil, nil), ("app", "Query", "   ", nil),
        ] as [(String, String, String?, String?)]
    )
    func `each session with a statement counts, under any command`(
        user: String,
        command: String,
        info: String?,
        verb: String?
    ) {
        let rows = Rows(columns: columns, values: [["3", user, command, "61", info]])
        let found = LongStatements.older(than: .seconds(60), in: rows, except: [])
        #expect(found == (verb.map { ["\($0) of \"\(user)\" for 61 s (process 3)"] } ?? []))
    }

    @Test func `sessions that have been idle for as long are named, the latest first`() {
        let sleeping = (10...13).map { ["\($0)", "pool", "Sleep", "\($0 * 100)", nil] }
        let rows = Rows(
            columns: columns,
            values: [
                ["2", "me", "Sleep", "70", nil],
                ["3", "app", "Query", "90", "UPDATE t SET k = 1"],
                ["4", "app", "Sleep", "2", nil],
                ["5", "dba", "Sleep", "61", nil],
                ["6", "web", "Sleep", "600", nil],
            ] + sleeping
        )
        let found = LongStatements.idle(longerThan: .seconds(60), in: rows, except: [2])
        #expect(found.count == 6)
        #expect(found.first == "\"dba\" (process 5, idle for 61 s)")
        #expect(found[1] == "\"web\" (process 6, idle for 600 s)")
        #expect(found.last == "1 more")
    }
}

@Suite struct CompleteReadingTests {
    private static let whole = ServerVariables.expected.map { [$0, $0 == "datadir" ? "/d/" : ""] }

    @Test func `a reading that lacks a variable of every server is refused`() throws {
        #expect(try ServerVariables(Rows(columns: ["n", "v"], values: Self.whole)).datadir == "/d")
        for name in ServerVariables.expected {
            let rows = Rows(columns: ["n", "v"], values: Self.whole.filter { $0[0] != name })
            #expect(throws: MySQLError.answer(to: ServerReading.variables, missing: name)) { try ServerVariables(rows) }
        }
    }

    @Test func `a value that the server may have cut is read anew`() async throws {
        let files = (1...60).map { "/tablespaces/disk\($0)/ibdata:10M" }.joined(separator: ";")
        let cut = String(files.prefix(1024))
        var variables = ServerVariables(["datadir": "/d", "innodb_data_file_path": cut, "a.b": cut])
        let questions = [
            "SELECT @@global.`a`.`b` AS `value`", "SELECT @@global.`innodb_data_file_path` AS `value`",
        ]
        var asked: [String] = []
        try await variables.complete {
            asked.append($0)
            return Rows(columns: ["value"], values: [[files]])
        }
        #expect(asked == questions)
        #expect(variables.values == ["datadir": "/d", "innodb_data_file_path": files, "a.b": files])
        let whole = variables
        await #expect(throws: MySQLError.self) {
            var unanswered = whole
            try await unanswered.complete { _ in Rows() }
        }
    }

    @Test(arguments: ["", "./", "data"])
    func `a data directory that is no absolute path is refused`(path: String) {
        let rows = Rows(columns: ["n", "v"], values: Self.whole.map { [$0[0], $0[0] == "datadir" ? path : $0[1]] })
        #expect(throws: MySQLError.self) { try ServerVariables(rows) }
    }

    private func tables(_ values: [[String?]]) throws -> Rows {
        try EngineInventory.complete(Rows(columns: ["engine", "is_system", "number"], values: values))
    }

    @Test func `engines are counted, and the sum has to be right`() throws {
        let rows: [[String?]] = [
            ["InnoDB", "0", "3"], ["InnoDB", "1", "2"], ["InnoDB", nil, "5"], ["MyISAM", "0", "1"],
            ["MyISAM", nil, "1"],
        ]
        #expect(try tables(rows + [[nil, nil, "6"]]).values.count == 3)
        #expect(throws: MySQLError.self) { try tables(rows) }
        #expect(throws: MySQLError.self) { try tables(Array(rows.prefix(3)) + [[nil, nil, "6"]]) }
        #expect(try tables([]).values.isEmpty)
    }

    private static let component = Rows(
        columns: ["key", "value"],
        values: [
            ["Component_name", "component_keyring_file"], ["Component_status", "Active"],
            ["Data_file", "/keys/keyring"],
        ]
    )

    @Test func `a component's key file is warned of and listed`() throws {
        var keys = KeyInventory()
        keys.read(Self.component)
        keys.read(plugins: Rows())
        #expect(keys.files == [DataFile(role: .keyring, path: "/keys/keyring", isRequired: false)])
        #expect(keys.places == ["/keys/keyring"])
        #expect(keys.warnings.count == 1)
        #expect(keys.warnings.first?.contains("\"/keys/keyring\" (component_keyring_file)") == true)
    }

    @Test func `keys that are in no file are named by what keeps them`() throws {
        var keys = KeyInventory()
        keys.read(Rows(columns: ["key", "value"], values: [["Component_name", "component_keyring_vault"]]))
        keys.read(plugins: Rows(columns: ["name"], values: [["hashicorp_key_management"]]))
        #expect(keys.places == ["component_keyring_vault", "hashicorp_key_management"])
        #expect(keys.files == [])
    }

    @Test(
        arguments: [
            (["file_key_management_filename": "/k"], ["file_key_management"], ["/k"]),
            (
                ["file_key_management_filename": "/k", "file_key_management_filekey": "FILE:/p"],
                ["file_key_management"], ["/k", "/p"]
            ),
            (
                ["file_key_management_filename": "k", "file_key_management_filekey": "FILE:p"],
                ["file_key_management"], ["/d/k", "/d/p"]
            ),
            (
                ["file_key_management_filename": "/k", "file_key_management_filekey": "/secret"],
                ["file_key_management"], ["/k"]
            ),
            (
                ["file_key_management_filename": "/k", "file_key_management_filekey": "file:/secret"],
                ["file_key_management"], ["/k"]
            ),
            (
                ["file_key_management_filename": "/k", "file_key_management_filekey": "FILE:"],
                ["file_key_management"], ["/k"]
            ),
            (
                ["file_key_management_filename": "/k"], ["hashicorp_key_management", "file_key_management"],
                ["/k", "hashicorp_key_management"]
            ),
            (["keyring_file_data": "/k"], ["keyring_file"], ["/k"]),
            (["keyring_file_data": "/k"], ["keyring_okv", "keyring_file"], ["/k", "keyring_okv"]),
            (
                ["keyring_encrypted_file_data": "/k"], ["keyring_file", "keyring_encrypted_file"],
                ["/k", "keyring_file"]
            ),
            (["file_key_management_filename": ""], ["file_key_management"], ["file_key_management"]),
        ] as [([String: String], [String], [String])]
    )
    func `each plug-in that keeps keys is named, or its files are`(
        variables: [String: String],
        plugins: [String],
        places: [String]
    ) throws {
        let variables = ServerVariables(variables.merging(["datadir": "/d"]) { $1 })
        let known = FileInventory(
            identity: try ServerIdentity(version: "10.11.19-MariaDB", comment: ""),
            variables: variables
        )
        var keys = KeyInventory(known: known.keyrings)
        keys.read(plugins: Rows(columns: ["name"], values: plugins.map { [$0] }))
        #expect(keys.places == places)
        #expect(keys.warnings.count == places.count)
        #expect(keys.warnings.allSatisfy { !$0.contains("secret") })
        #expect(known.files().filter { $0.role == .keyring } == keys.files)
    }

    @Test func `an account that may not see the keys is told what to grant`() throws {
        var keys = KeyInventory()
        let message = "SELECT command denied to user 'u'@'h' for table 'keyring_component_status'"
        keys.hide(because: .statement(KeyInventory.component, number: 1142, message: message))
        #expect(keys.warnings.first?.contains("ON `performance_schema`.`keyring_component_status`") == true)
    }

    @Test func `a state that is empty is none`() throws {
        let reading = CoordinateReading(identity: try ServerIdentity(version: "9.7.4", comment: ""), logsChanges: false)
        let gtid = Rows(columns: ["gtid"], values: [[""]])
        #expect(try reading.coordinates(position: nil, gtid: gtid, channels: Rows()).gtid == nil)
    }
}
