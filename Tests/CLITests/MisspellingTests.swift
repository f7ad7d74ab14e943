import ArgumentParser
import LVMBackup
import Testing

@testable import CLI

@Suite struct `Misspelt words` {
    static let misspelt: [(String, String)] = [
        ("bakcup", "backup"), ("bakcup /backups", "backup"), ("lst", "list"), ("retsore latest", "restore"),
        ("hook chekc", "check"), ("verfy", "verify"), ("hlep", "help"), ("cleanpu --dry-run", "cleanup"),
    ]

    @Test(arguments: misspelt)
    func `a misspelt subcommand is answered with the nearest one`(line: String, nearest: String) {
        let error = #expect(throws: ValidationError.self) {
            try Misspelling.check(line.split(separator: " ").map(String.init))
        }
        #expect(error?.message.contains("did you mean \"\(nearest)\"?") == true)
        #expect(error.map { LVMBackupCommand.exitCode(for: $0).rawValue } == 64)
    }

    @Test func `every subcommand with two letters exchanged is answered with itself`() throws {
        let names = LVMBackupCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .compactMap { $0.configuration.commandName }
        try #require(names.count > 10)
        for name in names {
            var letters = Array(name)
            letters.swapAt(1, 2)
            let typed = String(letters)
            guard typed != name else { continue }
            let error = #expect(throws: (any Error).self) { try Misspelling.check([typed, "x"]) }
            #expect(error.map { "\($0)".contains("\"\(name)\"") } == true, "\(typed)")
        }
    }

    @Test(arguments: [
        "/bakcup", "./bakcup", "list", "hook check", "--json", "", "help lits", "volumes-of-the-site", "guardian",
        "restore lates", "tmp",
    ])
    func `paths, subcommands, options and other words are left to the parser`(line: String) throws {
        try Misspelling.check(line.split(separator: " ").map(String.init))
    }

    @Test func `a misspelt word behind options is no directory either`() throws {
        let error = try #require(throws: (any Error).self) {
            try LVMBackupCommand.parseAsRoot(["--json", "bakcup"])
        }
        #expect(LVMBackupCommand.message(for: error).contains("did you mean \"backup\"?"))
        #expect(LVMBackupCommand.exitCode(for: error).rawValue == 64)
    }

    @Test(arguments: ["--comprss", "--snapshot-sze", "--keep-lats"])
    func `a misspelt option is answered with the nearest one`(option: String) throws {
        let error = try #require(throws: (any Error).self) {
            try LVMBackupCommand.parseAsRoot([option, "1", "/b"])
        }
        #expect(LVMBackupCommand.message(for: error).contains("Did you mean '--"))
    }

    static let levels: [(String, String)] = [
        ("-v", "info"), ("--verbose", "info"), ("-vv", "debug"), ("-q", "warning"), ("--quiet", "warning"),
    ]

    @Test(arguments: levels)
    func `flags of the command line set the level of the log`(flag: String, level: String) throws {
        let command = try #require(try LVMBackupCommand.parseAsRoot([flag, "/b"]) as? BackupCommand)
        #expect(try command.layered(environment: ["LVMBACKUP_LOG_LEVEL": "error"]).text(.logLevel) == level)
    }

    @Test func `quiet and verbose exclude each other`() {
        #expect(throws: (any Error).self) { _ = try LVMBackupCommand.parseAsRoot(["-q", "-v", "/b"]) }
    }
}
