import ArgumentParser
import Foundation
import LVMBackup
import Testing

@testable import CLI

@Suite struct `The report of a check` {
    private static let ok = CheckFinding("server", .ok, "mariadb 10.11")
    private static let odd = CheckFinding("room", .warning, "1 MiB | free", advice: "make room")
    private static let bad = CheckFinding("volume", .failed, "no \u{1B}[2Jvolume", advice: "first\nthen")
    private static let set = CheckFinding("sets", .ok, "the newest, \"r\", is 3 h old, not verified")
    private static let newest = NewestSet(name: "r", age: 10_800.5, bytes: 4096, verified: nil)

    private func report(_ findings: [CheckFinding], newest: NewestSet? = newest) -> CheckReport {
        CheckReport(HostCheck.Report(findings: findings, newest: newest), limits: AgeLimits())
    }

    @Test func `has a line for each finding, with the remedy below it`() {
        let text = report([Self.ok, Self.odd, Self.bad]).text()
        #expect(
            text.split(separator: "\n") == [
                "OK      server  mariadb 10.11",
                "WARN    room    1 MiB | free",
                "         -> make room",
                "FAILED  volume  no \\x1b[2Jvolume",
                "         -> first",
                "         -> then",
                "1 of 3 checks failed: backups do not work",
            ]
        )
        #expect(report([Self.ok]).text().hasSuffix("all is well\n"))
        #expect(report([Self.ok, Self.odd]).text().hasSuffix("backups work; 1 warnings\n"))
    }

    @Test func `is broken between words on a terminal, below the text`() {
        let text = "no session to socket \"/run/mysqld/mysqld.sock\": it is not there"
        let finding = CheckFinding("server", .failed, text)
        #expect(
            report([finding]).text(limit: 50).split(separator: "\n").dropLast() == [
                "FAILED  server  no session to socket", "                \"/run/mysqld/mysqld.sock\": it is",
                "                not there",
            ]
        )
    }

    static let statuses: [([CheckFinding], Int32, Int32, String)] = [
        ([ok, set], 0, 0, "OK"), ([ok, set, odd], 0, 1, "WARNING"), ([odd, bad, set], 1, 2, "CRITICAL"),
    ]

    @Test(arguments: statuses)
    func `has the statuses of a command and of a monitoring plug-in`(
        findings: [CheckFinding],
        status: Int32,
        nagios: Int32,
        word: String
    ) {
        #expect(report(findings).exitStatus == status)
        #expect(report(findings).nagiosStatus == nagios)
        #expect(report(findings).nagios.hasPrefix("LVMBACKUP \(word) - "))
    }

    @Test func `has figures behind the one bar of its first line`() {
        let lines = report([Self.odd, Self.set]).nagios.split(separator: "\n")
        #expect(
            lines == [
                "LVMBACKUP WARNING - room: 1 MiB / free | age=10800s;93600;180000;0 size=4096B;;;0",
                "warning: room: 1 MiB / free; make room",
            ]
        )
    }

    @Test func `is critical for monitoring without any good set, and no failure of a new host`() {
        let none = CheckFinding("sets", .warning, "this host has no good backup set yet")
        #expect(report([Self.ok, none], newest: nil).exitStatus == 0)
        #expect(report([Self.ok, none], newest: nil).nagiosStatus == 2)
        #expect(report([Self.ok], newest: nil).nagiosStatus == 0)
    }

    @Test func `is one JSON object with the state of all`() throws {
        struct Object: Decodable {
            var schema: Int
            var state: String
            var checks: [CheckFinding]
        }
        let json = try report([Self.ok, Self.bad]).json()
        #expect(json.split(separator: "\n").count == 1)
        let object = try JSONDecoder().decode(Object.self, from: Data(json.utf8))
        #expect(object.schema == 1 && object.state == "failed" && object.checks == [Self.ok, Self.bad])
    }

    @Test(arguments: [
        ["--warn-age", "soon"], ["--critical-age", "0"], ["--warn-age", "60h"], ["--critical-age", "1h"],
    ])
    func `ages that make no sense are wrong usage`(options: [String]) throws {
        let error = #expect(throws: (any Error).self) { _ = try LVMBackupCommand.parseAsRoot(["check"] + options) }
        #expect(error.map { LVMBackupCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test func `is either for programs or for monitoring`() {
        #expect(throws: (any Error).self) { try LVMBackupCommand.parseAsRoot(["check", "--nagios", "--json"]) }
    }

    @Test func `takes the options of a backup`() throws {
        let words = ["check", "/b", "--socket", "/s", "--warn-age", "8d", "--critical-age", "15d", "--nagios"]
        let command = try #require(try LVMBackupCommand.parseAsRoot(words) as? CheckCommand)
        #expect(try command.limits() == AgeLimits(warning: 8 * 86_400, critical: 15 * 86_400))
        #expect(try command.options.layered(environment: [:]).configuration().socket == "/s")
    }
}
