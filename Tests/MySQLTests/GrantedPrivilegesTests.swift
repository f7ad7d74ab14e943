import Lifecycle
import Testing

@testable import MySQL

@Suite struct GrantedPrivilegesTests {
    private static let maria = Server(flavour: "mariadb", version: "10.11.19-MariaDB", datadir: "/d")
    private static let mysql = Server(flavour: "mysql", version: "9.7.4", datadir: "/d")

    static let cases: [(String, Server, String, [String])] = [
        ("RELOAD, PROCESS, BINLOG MONITOR, SLAVE MONITOR", maria, "stage", []),
        ("RELOAD, PROCESS, REPLICATION CLIENT, REPLICA MONITOR", maria, "read-lock", []),
        ("PROCESS, SLAVE MONITOR", maria, "none", []),
        ("PROCESS, SLAVE MONITOR", maria, "stage", ["RELOAD", "BINLOG MONITOR"]),
        ("USAGE", maria, "stage", ["RELOAD", "PROCESS", "BINLOG MONITOR", "SLAVE MONITOR"]),
        ("ALL PRIVILEGES", maria, "stage", []), ("SUPER", maria, "stage", []),
        ("RELOAD, PROCESS, REPLICATION CLIENT", mysql, "read-lock", []),
        ("RELOAD, PROCESS, REPLICATION CLIENT", mysql, "instance", ["BACKUP_ADMIN"]),
        ("SELECT", mysql, "none", ["PROCESS", "REPLICATION CLIENT"]),
    ]

    @Test(arguments: cases)
    func `the privileges that a plan lacks are named`(list: String, server: Server, plan: String, missing: [String]) {
        let granted = GrantedPrivileges(lines: ["GRANT \(list) ON *.* TO `lvmbackup`@`localhost` IDENTIFIED VIA x"])
        #expect(granted.missing(for: plan, on: server) == missing)
        #expect(!granted.hasRoles)
    }

    @Test func `several lines count together, and those of one database do not`() {
        let granted = GrantedPrivileges(lines: [
            "GRANT RELOAD, PROCESS ON *.* TO 'a'@'b'", "GRANT BACKUP_ADMIN,REPLICATION CLIENT ON *.* TO 'a'@'b'",
            "GRANT SELECT ON `performance_schema`.* TO 'a'@'b'",
        ])
        #expect(granted.names == ["RELOAD", "PROCESS", "BACKUP_ADMIN", "REPLICATION CLIENT"])
        #expect(granted.missing(for: "instance", on: Self.mysql) == [])
    }

    @Test func `a role is noticed`() {
        #expect(GrantedPrivileges(lines: ["GRANT `backup`@`%` TO `a`@`b`"]).hasRoles)
    }
}
