import Lifecycle
import Testing

@testable import MySQL

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

    @Test func `names from before MySQL 5.1 spoil nothing`() {
        let line = "2026-11-29 11:16:37 4 [ERROR] Invalid (old?) table or database name 'old-name'"
        #expect(RecoveryLog(line + "\n" + Self.mariadb).isClean)
    }

    @Test func `relay logs that the copy lacks do not spoil the recovery, other errors of replication do`() {
        let line = """
            2026-11-28T03:32:21.303285Z 0 [ERROR] [MY-010544] [Repl] Failed to open the relay log './relay-east.000004' \
            (relay_log_pos 693075).
            """
        #expect(RecoveryLog(line + "\n" + Self.mysql).isClean)
        #expect(!RecoveryLog(line.replacing("010544", with: "013285") + "\n" + Self.mysql).isClean)
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
