import Foundation
import Testing

extension LabTests {
    /// The database users of `docs/privileges.md`, each with its plans.
    @Suite struct Privileges {
        private static let user = "'lvmbackup'@'localhost'"
        private static let options = "/run/lab/privileges.cnf"
        private static let locking = "-- MariaDB 10.5 and later, plans stage"
        private static let unlocked = "-- plan none"
        private static let flushing = "-- only where innodb_flush_log_at_trx_commit is 0"

        struct Case: Sendable, CustomTestStringConvertible {
            var grants: [String]
            var options: [String]
            var plan: String

            var testDescription: String { options.joined(separator: " ") }
        }

        static let cases = [
            Case(grants: [locking], options: ["--lock", "stage", "--compress", "none"], plan: "stage"),
            Case(grants: [locking], options: ["--lock", "read-lock"], plan: "read-lock"),
            Case(
                grants: [locking],
                options: ["--lock", "read-lock", "--skip-extra-flush-tables", "--max-query-age", "off"],
                plan: "read-lock"
            ),
            Case(grants: [locking], options: ["--no-innodb-recovery"], plan: "stage"),
            Case(grants: [unlocked], options: ["--lock", "none"], plan: "none"),
            Case(grants: [unlocked], options: ["--skip-flush-tables"], plan: "none"),
        ]

        @Test(.complete, arguments: cases)
        func `the documented user suffices for the plan, without a warning`(example: Case) async throws {
            let host = try await DatabaseHost.with()
            // The case for plan none.
            if example.plan == "none" { try await host.query("DROP TABLE IF EXISTS `load`.myisam") }
            let backup = try await run(example, on: host)
            let set = try backup.set()
            #expect(set.manifest["lock"]["plan"].string == example.plan, "\(set.manifest)")
            #expect(backup.events("warning").map { $0["text"].string ?? "" } == [], backup.report)
            try await expectAlive(host)
            if example.plan == "none" { await DatabaseHost.forget() }
        }

        @Test(.complete, arguments: [true, false])
        func `the log's flush at commit is set with the documented privilege only`(isGranted: Bool) async throws {
            let host = try await DatabaseHost.with(FlushSetting.layout)
            let grants = [Self.locking] + (isGranted ? [Self.flushing] : [])
            let backup = try await run(Case(grants: grants, options: [], plan: "stage"), on: host)
            let set = try backup.set()
            let inexact = set.manifest["coordinates"]["inexact_because"].string
            #expect((inexact == nil) == isGranted, "\(set.manifest)")
            #expect(backup.events("warning").isEmpty == isGranted, backup.report)
            try await expectAlive(host)
        }

        private func run(_ example: Case, on host: DatabaseHost) async throws -> Backup {
            let page = try String(contentsOfFile: "\(Lab.root)/docs/privileges.md", encoding: .utf8)
            let lines = page.split(separator: "\n").map(String.init)
            try await host.query("CREATE USER \(Self.user) IDENTIFIED BY 'right'")
            for heading in example.grants {
                let index = try #require(lines.firstIndex { $0.hasPrefix(heading) }, "\(heading)")
                try #require(lines[index + 1].hasPrefix("GRANT "), "\(lines[index + 1])")
                try await host.query(lines[index + 1])
            }
            try "[client]\nuser=lvmbackup\npassword=right\n"
                .write(toFile: Self.options, atomically: false, encoding: .utf8)
            try await check("chmod", "600", Self.options)
            let backup = try await Backup.run(["--defaults-file", Self.options] + example.options + [Lab.destination])
            try await host.query("DROP USER \(Self.user)")
            return backup
        }
    }
}
