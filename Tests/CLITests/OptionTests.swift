import ArgumentParser
import Host
import Testing

@testable import CLI
@testable import LVMBackup

@Suite struct `The command's options` {
    private func parse(_ arguments: String...) throws -> Configuration {
        let command = try LVMBackupCommand.parseAsRoot(arguments)
        let backup = try #require(command as? BackupCommand)
        return try backup.layered(environment: [:]).configuration()
    }

    @Test func `a directory alone suffices`() throws {
        #expect(try parse("/backups") == Configuration(destination: "/backups"))
        #expect(try parse("backup", "/backups") == Configuration(destination: "/backups"))
    }

    @Test func `options of hook files for one run are theirs, and strictness is the run's`() throws {
        let configuration = try parse("--set", "a.b=c=d", "--set", "a.e=", "--set", "x.y.z=1", "--strict-hooks", "/b")
        #expect(configuration.givenHookOptions == ["a": ["b": "c=d", "e": ""], "x": ["y.z": "1"]])
        #expect(configuration.strictHooks)
    }

    @Test(arguments: ["a", "a.b", "a=b", ".b=c", "a.=c", ""])
    func `an option of a hook file without name, key or value is wrong usage`(text: String) {
        #expect {
            _ = try LVMBackupCommand.parseAsRoot(["--set", text, "/b"])
        } throws: { error in
            LVMBackupCommand.exitCode(for: error).rawValue == 64
        }
    }

    /// As a shell passes a variable that is not set, such as "$BACKUPS".
    @Test(arguments: [
        [""], [" "], ["--hooks", "", "/b"], ["--defaults-file", "", "/b"], ["--mount-directory", "", "/b"],
        ["--logical-volume", "", "/b"], ["--snapshot-name", "", "/b"], ["--exclude", "", "/b"], ["-S", "", "/b"],
        ["--lock", "", "/b"], ["-c", "", "/b"],
    ])
    func `an empty text is wrong usage`(arguments: [String]) throws {
        let command = try #require(try LVMBackupCommand.parseAsRoot(arguments) as? BackupCommand)
        #expect {
            try command.layered(environment: [:])
        } throws: { error in
            LVMBackupCommand.exitCode(for: error).rawValue == 64
        }
    }

    @Test(arguments: ["LVMBACKUP_BACKUP_DIRECTORY", "LVMBACKUP_KEEP_LAST", "LVMBACKUP_EXCLUDE", "LVMBACKUP_SYSLOG"])
    func `an empty variable is wrong usage, unless an option replaces it`(name: String) throws {
        let command = try #require(try LVMBackupCommand.parseAsRoot(["--json"]) as? BackupCommand)
        #expect {
            try command.layered(environment: [name: ""])
        } throws: { error in
            LVMBackupCommand.exitCode(for: error).rawValue == 64
        }
        let other = try #require(try LVMBackupCommand.parseAsRoot(["/backups"]) as? BackupCommand)
        #expect(try other.layered(environment: ["LVMBACKUP_BACKUP_DIRECTORY": ""]).text(.backupDirectory) == "/backups")
    }

    @Test func `every option of the manual page keeps its meaning`() throws {
        let configuration = try parse(
            "--logical-volume",
            "vg0/mysql",
            "--snapshot-name",
            "snap",
            "--snapshot-size",
            "5G",
            "--mount-directory",
            "/mnt/snapshot",
            "--defaults-file",
            "/root/.my.cnf",
            "-u",
            "backup",
            "-h",
            "localhost",
            "-S",
            "/run/mysqld/mysqld.sock",
            "-P",
            "3307",
            "--skip-extra-flush-tables",
            "--no-innodb-recovery",
            "/backups"
        )
        var expected = Configuration(destination: "/backups")
        expected.logicalVolume = "vg0/mysql"
        expected.snapshotName = "snap"
        expected.snapshotSize = "5G"
        expected.mountDirectory = "/mnt/snapshot"
        expected.defaultsFile = "/root/.my.cnf"
        expected.user = "backup"
        expected.host = "localhost"
        expected.socket = "/run/mysqld/mysqld.sock"
        expected.port = 3307
        expected.skipExtraFlushTables = true
        expected.innodbRecovery = false
        #expect(configuration == expected)
    }

    @Test func `the long forms and the old skip-flush-tables`() throws {
        let configuration = try parse(
            "--user",
            "a",
            "--host",
            "b",
            "--socket",
            "c",
            "--port",
            "1",
            "--skip-flush-tables",
            "--innodb-recovery",
            "/b"
        )
        #expect(configuration.user == "a")
        #expect(configuration.lock == .none)
        #expect(configuration.innodbRecovery)
    }

    @Test func `the options that are new`() throws {
        let configuration = try parse(
            "--lock",
            "read-lock",
            "--max-lock",
            "5s",
            "--lock-wait-timeout",
            "20",
            "--compress",
            "zstd:3",
            "--exclude",
            "a",
            "--exclude",
            "b",
            "--snapshot-only",
            "--keep-last",
            "7",
            "--dry-run",
            "--timeout",
            "2h",
            "/b"
        )
        #expect(configuration.lock == .readLock)
        #expect(configuration.maxLock == .seconds(5))
        #expect(configuration.lockWaitTimeout == .seconds(20))
        #expect(configuration.compress == "zstd:3")
        #expect(configuration.exclude == ["a", "b"])
        #expect(configuration.snapshotOnly)
        #expect(configuration.keepLast == 7)
        #expect(configuration.dryRun)
        #expect(configuration.timeout == .seconds(7200))
    }

    @Test(arguments: [["-?"], ["--help"], ["backup", "-?"], ["cleanup", "--help"]])
    func `help is asked for by -? and --help, never by -h`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) {
            var command = try LVMBackupCommand.parseAsRoot(arguments)
            try command.run()
        }
        #expect(error.map { LVMBackupCommand.exitCode(for: $0) } == ExitCode.success)
    }

    @Test(arguments: [["--no-such-option", "/b"], ["-p", "secret", "/b", "/c"], ["/a", "/b"], ["-P", "x", "/b"]])
    func `a wrong option is a matter of usage`(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try LVMBackupCommand.parseAsRoot(arguments) }
        #expect(error.map { LVMBackupCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test func `a wrong value names its option`() {
        #expect(throws: SettingsError.self) { try parse("--max-lock", "soon", "/b") }
    }

    @Test(arguments: [(["/b"], "/b"), (["--from", "/b"], "/b"), (["/b", "--from", "/c"], "/b"), ([], nil)])
    func `list, report and prune take the directory of sets in the same ways`(
        words: [String],
        directory: String?
    ) throws {
        let list = try #require(try LVMBackupCommand.parseAsRoot(["list"] + words) as? ListCommand)
        let report = try #require(try LVMBackupCommand.parseAsRoot(["report"] + words) as? ReportCommand)
        let prune = try #require(try LVMBackupCommand.parseAsRoot(["prune"] + words) as? PruneCommand)
        for sets in [list.sets, report.sets, prune.sets] { #expect(sets.choice.argument == directory) }
    }

    @Test func `a rollback takes one set, and asks unless told not to`() throws {
        let words = ["rollback", "20261128", "--from", "/b"]
        let plain = try #require(try LVMBackupCommand.parseAsRoot(words) as? RollbackCommand)
        #expect(plain.set == "20261128" && plain.sets.from == "/b" && !plain.yes)
        let quick = try #require(try LVMBackupCommand.parseAsRoot(["rollback", "/b/x", "--yes"]) as? RollbackCommand)
        #expect(quick.yes && !quick.force)
        #expect(throws: (any Error).self) { _ = try LVMBackupCommand.parseAsRoot(["rollback"]) }
    }

    @Test func `the question before a rollback names the volume and the losses`() {
        let proposal = Rollback.Proposal(volume: "vg0/mysql", snapshot: "vg0/kept", moment: 0, size: 1 << 30)
        let text = RollbackQuestion(proposal, now: 3 * 86_400).lines.joined(separator: "\n")
        for part in ["age: 3 d", "\"vg0/mysql\"", "\"vg0/kept\"", localTime(0), "all changes", "GiB"] {
            #expect(text.contains(part), "\(part)")
        }
        var second = proposal
        second.severed = ["vg0/other"]
        #expect(RollbackQuestion(second).lines.last?.contains("\"vg0/other\"") == true)
        #expect(RollbackQuestion(second).lines.count == RollbackQuestion(proposal).lines.count + 1)
    }
}
