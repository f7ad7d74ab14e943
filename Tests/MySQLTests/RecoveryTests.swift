import Lifecycle
import Testing

@testable import MySQL

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct RecoveryLogTests {
    private static let mariadb = """
        2026-11-22 14:17:13 0 [Note] Starting MariaDB 10.11.19-MariaDB-0+deb12u1 source revision as process 16434
        2026-11-22 14:17:13 0 [Note] InnoDB: Starting crash recovery from checkpoint LSN=1636148
        2026-11-22 14:17:13 0 [Note] Recovering after a crash using binlog
        2026-11-22 14:17:13 0 [Note] Crash table recovery finished.
        2026-11-22 14:17:13 0 [Note] /usr/sbin/mariadbd: ready for connections.
        2026-11-22 14:17:14 0 [Note] InnoDB: Shutdown completed; log sequence number 1636200; transaction id 9
        2026-11-22 14:17:14 0 [Note] /usr/sbin/mariadbd: Shutdown complete

        """
    private static let mysql = """
        2026-11-22T14:17:13.000001Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.
        2026-11-22T14:17:14.000001Z 0 [System] [MY-010910] [Server] /usr/sbin/mysqld: Shutdown complete

        """

    @Test(arguments: [mariadb, mysql])
    func `a start and an orderly shutdown are clean`(text: String) {
        let log = RecoveryLog(text)
        #expect(log.isReady)
        #expect(log.isShutDown)
        #expect(log.isClean)
    }

    @Test func `a server that was not shut down is not clean`() {
        let cut = Self.mariadb.split(separator: "\n").dropLast(1).joined(separator: "\n")
        #expect(RecoveryLog(cut).isReady)
        #expect(!RecoveryLog(cut).isClean)
    }

    @Test(
        arguments: [
            "2026-11-22 14:17:13 0 [ERROR] Found 3 prepared transactions! It means that server was not shut down properly",
            "2026-11-22 14:17:13 0 [ERROR] InnoDB: Missing FILE_CHECKPOINT at 1 between the checkpoint 1 and the end 2",
            "261122 14:17:13 [ERROR] mysqld got signal 6 ;",
            "2026-11-22 14:17:13 0 [Warning] InnoDB: Table w/i is corrupted",
        ]
    )
    func `a complaint spoils the recovery and is what the operator is told`(line: String) {
        let log = RecoveryLog(line + "\n" + Self.mariadb)
        #expect(!log.isClean)
        #expect(log.tellingLines.count == 1)
        #expect(log.tellingLines.allSatisfy { $0.hasPrefix("[") })
    }

    @Test func `a warning that the server's library calls an error is none`() {
        let line = """
            2026-11-22 14:41:56 0 [ERROR] mariadbd: Warning: Can't copy ownership for file './ddl_recovery-backup.log' \
            (Errcode: 1 "Operation not permitted")
            """
        #expect(RecoveryLog(line + "\n" + Self.mariadb).isClean)
    }

    @Test func `without a complaint the last lines are told`() {
        let log = RecoveryLog("one\ntwo\nthree\nfour\n")
        #expect(log.tellingLines == ["two", "three", "four"])
    }
}

@Suite struct RecoveryOptionFileTests {
    private func text(_ version: String, _ variables: [String: String], plugins: [String] = [], root: Bool = false)
        throws -> [String]
    {
        let file = RecoveryOptionFile(
            directory: RecoveryDirectory(path: "/run/lvmbackup-abc"),
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(variables),
            plugins: plugins,
            runsAsRoot: root
        )
        return file.text.split(separator: "\n").map(String.init)
    }

    private static let live = [
        "datadir": "/var/lib/mysql/", "innodb_page_size": "65536",
        "innodb_data_file_path": "ibd1:10M;ibd2:10M:autoextend",
        "innodb_buffer_pool_size_max": "268435456", "innodb_use_native_aio": "OFF", "log_bin": "ON",
        "log_bin_basename": "/var/lib/mysql/binlog", "log_bin_index": "/var/lib/mysql/binlog.index",
        "socket": "/run/mysqld/mysqld.sock", "log_error": "/var/log/mysql/error.log", "init_file": "/etc/init.sql",
        "port": "3306", "wsrep_provider": "/usr/lib/galera.so", "general_log_file": "/var/log/mysql/general.log",
        "innodb_undo_directory": "",
    ]

    @Test func `what the data's format demands is taken over`() throws {
        let lines = try text("10.11.19-MariaDB", Self.live)
        #expect(lines.first == "[mysqld]")
        for line in [
            "datadir=/var/lib/mysql", "innodb_page_size=65536",
            "innodb_data_file_path=\"ibd1:10M;ibd2:10M:autoextend\"", "innodb_buffer_pool_size_max=268435456",
            "innodb_use_native_aio=OFF", "log_bin=/var/lib/mysql/binlog", "log_bin_index=/var/lib/mysql/binlog.index",
        ] {
            #expect(lines.contains(line))
        }
        #expect(!lines.contains { $0.hasPrefix("innodb_undo_directory") })
    }

    /// As `my_print_defaults` reads them.
    @Test(arguments: [
        ("/a b", #""/a b""#), ("/a#b", #""/a#b""#), ("/a'b", #""/a'b""#), (#"/a"b#c"#, #""/a\"b#c""#),
        (#"/a\b"#, #""/a\\b""#), ("/a\nport=1", #""/a\nport=1""#), ("/a\tb\rc", #""/a\tb\rc""#),
        ("/a\\\u{301}", "\"/a\\\\\u{301}\""),
    ])
    func `a path is written so that the server reads the same`(path: String, written: String) throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": path])
        #expect(lines[1] == "datadir=" + written)
        #expect(!lines.contains("port=1"))
    }

    @Test func `nothing of production can be reached`() throws {
        let lines = try text("10.11.19-MariaDB", Self.live)
        for word in ["/run/mysqld", "/var/log", "init.sql", "galera", "port="] {
            #expect(!lines.contains { $0.contains(word) })
        }
        for line in [
            "socket=/run/lvmbackup-abc/sock", "log_error=/run/lvmbackup-abc/recovery.log", "skip_networking=ON",
            "skip_grant_tables=ON", "loose_skip_slave_start=ON", "loose_event_scheduler=OFF",
            "master_info_file=/run/lvmbackup-abc/master.info", "loose_binlog_expire_logs_seconds=0",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test func `with the binary log off there is none`() throws {
        let lines = try text("8.0.36", ["datadir": "/d", "log_bin": "OFF"])
        #expect(lines.contains("skip_log_bin=ON"))
        #expect(!lines.contains { $0.hasPrefix("log_bin") || $0.hasPrefix("master_info_file") })
    }

    @Test func `absolute paths of the system tablespace need an empty home directory`() throws {
        let lines = try text(
            "8.0.36",
            ["datadir": "/d", "innodb_data_file_path": "/ssd/a:10M", "innodb_data_home_dir": ""]
        )
        #expect(lines.contains("innodb_data_home_dir="))
    }

    @Test(arguments: [("67108864", "67108864"), ("17179869184", "134217728")])
    func `the buffer pool is small, and never larger than the live server's`(live: String, own: String) throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": "/d", "innodb_buffer_pool_size": live])
        #expect(lines.contains("innodb_buffer_pool_size=" + own))
    }

    @Test func `MySQL finds its relay logs where the copy has them`() throws {
        let lines = try text("8.4.0", ["datadir": "/d", "relay_log": "/d/relay", "relay_log_index": "/d/relay.index"])
        #expect(lines.contains("relay_log=/d/relay"))
        #expect(lines.contains("relay_log_purge=OFF"))
    }

    @Test func `plug-ins for engines and encryption are loaded`() throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": "/d"], plugins: ["ha_rocksdb.so"], root: true)
        #expect(lines.contains("plugin_load_add=ha_rocksdb.so"))
        #expect(lines.contains("user=root"))
    }
}

@Suite struct PreservedFilesTests {
    @Test func `what a start and a shutdown change beside the data is put back byte for byte`() throws {
        let scratch = try ScratchDirectory()
        let log = RecordedBinlogs.second
        let big = log + [UInt8](repeating: 7, count: 2 << 20)
        try scratch.write(log, to: "binlog.000001")
        try scratch.write(big, to: "binlog.000002")
        try scratch.write(Array("./binlog.000001\n".utf8), to: "binlog.index")
        try scratch.write([1], to: "ibdata1")
        try scratch.write([1], to: "gone.state")
        let preserved = try PreservedFiles(
            in: [scratch.path],
            logs: [scratch.path + "/binlog.000001": 676, scratch.path + "/binlog.000002": 676],
            data: []
        )

        var marked = big
        marked[21] ^= 1
        try scratch.write(marked.prefix(676), to: "binlog.000002")
        try scratch.write(log.prefix(300), to: "binlog.000003")
        try scratch.write(Array("/copy/binlog.000001\n/copy/binlog.000003\n".utf8), to: "binlog.index")
        try scratch.write([2], to: "ibdata1")
        try scratch.write([9], to: "ib_buffer_pool")
        try FileBytes.remove(scratch.path + "/gone.state")
        try preserved.restore()

        #expect(try scratch.names == ["binlog.000001", "binlog.000002", "binlog.index", "gone.state", "ibdata1"])
        #expect(try scratch.read("binlog.000001") == log)
        #expect(try scratch.read("binlog.000002") == big)
        #expect(try scratch.read("binlog.index") == Array("./binlog.000001\n".utf8))
        #expect(try scratch.read("gone.state") == [1])
        #expect(try scratch.read("ibdata1") == [2])
    }

    @Test func `somebody else's file whose name is no UTF-8 does no harm, and stays`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write([1], to: "some.state")
        var name = Array(scratch.path.utf8CString.dropLast()) + [CChar(47), CChar(bitPattern: 0xff), 0]
        close(open(&name, O_WRONLY | O_CREAT, 0o600))
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [])
        try scratch.write([2], to: "some.state")
        try preserved.restore()
        #expect(try scratch.read("some.state") == [1])
        #expect(access(&name, F_OK) == 0)
        #expect(unlink(&name) == 0)
    }

    @Test func `a log that the recovery removed is an error, its content is not kept in memory`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 100_000), to: "binlog.000001")
        let preserved = try PreservedFiles(in: [scratch.path], logs: [path: 100_000], data: [])
        try FileBytes.remove(path)
        #expect(throws: MySQLError.self) { try preserved.restore() }
    }

    @Test func `large files that are no logs are left alone`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([UInt8](repeating: 1, count: 2 << 20), to: "custom_tablespace")
        let named = try scratch.write([1], to: "small_tablespace")
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [named])
        try scratch.write([UInt8](repeating: 2, count: 2 << 20), to: "custom_tablespace")
        try scratch.write([2], to: "small_tablespace")
        try preserved.restore()
        #expect(try FileBytes.read(path, count: 1) == [2])
        #expect(try FileBytes.read(named) == [2])
    }

    @Test func `times are put back too`() throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write([1], to: "binlog.index")
        let before = try FileBytes.status(of: path)
        let preserved = try PreservedFiles(in: [scratch.path], logs: [:], data: [])
        try scratch.write([2], to: "binlog.index")
        try preserved.restore()
        let after = try FileBytes.status(of: path)
        #expect(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
        #expect(before.st_mtim.tv_sec == after.st_mtim.tv_sec)
    }
}

@Suite struct RecoveryDirectoryTests {
    @Test func `it is private, and gone when it is removed`() throws {
        let scratch = try ScratchDirectory()
        let status = try FileBytes.status(of: scratch.path)
        let directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: scratch.path)
        try directory.create(uid: status.st_uid, gid: status.st_gid)
        #expect(try FileBytes.status(of: directory.path).st_mode & 0o777 == 0o700)
        try FileBytes.create(directory.log, "line\n")
        #expect(directory.readLog() == "line\n")
        try directory.remove()
        #expect(try scratch.names == [])
    }

    @Test func `its path is known before it is made, and short enough for a socket`() {
        let directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: "/run")
        #expect(directory.path.hasPrefix("/run/lvmbackup-20261122T101502Z-7f3a-"))
        #expect(directory.socket.utf8.count <= 107)
        #expect(directory.undo == .exec(["rm", "-rf", "--one-file-system", "--", directory.path]))
    }

    @Test func `what has its name already is not taken for it`() throws {
        let scratch = try ScratchDirectory()
        let status = try FileBytes.status(of: scratch.path)
        let directory = RecoveryDirectory(of: "r1", in: scratch.path)
        try directory.create(uid: status.st_uid, gid: status.st_gid)
        #expect(throws: MySQLError.system("mkdir", on: directory.path, reason: "file exists")) {
            try directory.create(uid: status.st_uid, gid: status.st_gid)
        }
    }
}
