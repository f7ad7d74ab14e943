import Glibc
import LVMBackup
import TestSupport
import Testing

@Suite struct `Settings and their layers` {
    @Test func `a pattern that cannot be read is refused before anything is done`() async {
        var configuration = Configuration(destination: "/nowhere")
        configuration.exclude = ["["]
        let outcome = await Backup(configuration: configuration).run()
        #expect(outcome.failure?.kind == .unsuitable)
        #expect(outcome.failure?.step == .preflight)
        #expect(outcome.failure?.message.contains("\"[\"") == true)
    }

    @Test func `a file's keys are the long options' names`() throws {
        let text = """
            # where the sets go
            backup-directory = "/backups"
            snapshot-size = "20%ORIGIN"
            keep-last = 7
            keep-weekly = 8
            keep-within = "2d"
            innodb-recovery = false
            exclude = ["*.tmp", "scratch"]
            max-lock = 5
            timeout = "2h"
            """
        let configuration = try ConfigurationFile.parse(text, path: "x.toml").configuration()
        var expected = Configuration(destination: "/backups")
        expected.snapshotSize = "20%ORIGIN"
        expected.keepLast = 7
        expected.keepWeekly = 8
        expected.keepWithin = .seconds(172_800)
        expected.innodbRecovery = false
        expected.exclude = ["*.tmp", "scratch"]
        expected.maxLock = .seconds(5)
        expected.timeout = .seconds(7200)
        #expect(configuration == expected)
    }

    @Test(arguments: [
        ("a = 1", "unknown key \"a\" (file \"x.toml\", line 1)", nil),
        (
            "\nsnapshot-sise = \"5G\"", "unknown key \"snapshot-sise\" (file \"x.toml\", line 2)",
            "did you mean \"snapshot-size\"?"
        ),
        ("keep-last = \"7\"", "\"keep-last\" (file \"x.toml\", line 1) wants a whole number", nil),
        ("exclude = [1]", "\"exclude\" (file \"x.toml\", line 1) wants a list of strings", nil),
        ("port = 70000", "\"port\" (file \"x.toml\", line 1) is out of range: 70000", "use 1 to 65535"),
        (
            "password = \"x\"", "\"password\" does not belong into the configuration file (file \"x.toml\", line 1)",
            "put it into an option file that only root can read, and name that with \"defaults-file\""
        ),
        (
            "timeout = \"soon\"", "\"timeout\" (file \"x.toml\", line 1) is not a length of time: \"soon\"",
            "write it as 30s, 5m, 1h, 500ms or a number of seconds"
        ),
        (
            "keep-within = \"30s\"", "\"keep-within\" (file \"x.toml\", line 1) is not a length of time: \"30s\"",
            "write it in hours, days, weeks, months or years, such as 36h, 14d, 8w, 6m, 1y"
        ),
        (
            "lock = \"global\"", "\"lock\" (file \"x.toml\", line 1) is unknown: \"global\"",
            "use one of: auto, stage, instance, none, read-lock"
        ),
    ])
    func `a mistake is reported with its line and the advice`(text: String, message: String, advice: String?) {
        #expect(throws: SettingsError(message, advice: advice)) {
            _ = try ConfigurationFile.parse(text, path: "x.toml").configuration()
        }
    }

    @Test func `options beat the environment, which beats the file`() throws {
        var settings = try ConfigurationFile.parse("host = \"file\"\nuser = \"file\"\nsocket = \"file\"", path: "x")
        settings.override(with: try .fromEnvironment(["LVMBACKUP_HOST": "env", "LVMBACKUP_USER": "env", "HOME": "/"]))
        var options = Settings()
        options.set(.host, .text("option"), from: "option --host")
        settings.override(with: options)
        let configuration = try settings.configuration()
        #expect(configuration.host == "option")
        #expect(configuration.user == "env")
        #expect(configuration.socket == "file")
    }

    @Test func `a credential of the service manager is the option file, unless a layer names another one`() throws {
        let scratch = try ScratchDirectory()
        let environment = ["CREDENTIALS_DIRECTORY": scratch.path]
        #expect(try Settings.fromEnvironment(environment).configuration().defaultsFile == nil)
        let file = try scratch.write("", to: "lvmbackup.cnf")
        #expect(try Settings.fromEnvironment(environment).configuration().defaultsFile == file)
        var settings = try ConfigurationFile.parse("defaults-file = \"/own.cnf\"", path: "x.toml")
        settings.override(with: try .fromEnvironment(environment))
        #expect(try settings.configuration().defaultsFile == "/own.cnf")
        #expect(try Settings.fromEnvironment(["CREDENTIALS_DIRECTORY": "relative"]).configuration().defaultsFile == nil)
    }

    static let idleVariables: [(String, String)] = [
        ("EXCLUDES", "; did you mean \"LVMBACKUP_EXCLUDE\"?"), ("KEEPLAST", "; did you mean \"LVMBACKUP_KEEP_LAST\"?"),
        ("HOOKS", "; did you mean \"LVMBACKUP_HOOKS_DIRECTORY\"?"), ("CONFIG", "; use the option --config"),
        ("DIRECTORY", "; did you mean \"LVMBACKUP_BACKUP_DIRECTORY\"?"), ("NO_HOOKS", "; use the option --no-hooks"),
        ("VERBOSE", "; use the option --verbose"), ("PASSWORD", "; use the option --password"),
        ("FROM", "; use the option --from"), ("KEEP", ""), ("DEST", ""), ("ANOTHER_PROGRAM", ""),
    ]

    @Test(arguments: idleVariables)
    func `a variable that is no setting is warned of`(name: String, advice: String) {
        let environment = ["LVMBACKUP_\(name)": "x", "LVMBACKUP_KEEP_LAST": "7", "BACKUP_DIRECTORY": "x"]
        #expect(
            Settings.warnings(about: environment)
                == ["the environment variable \"LVMBACKUP_\(name)\" has no effect\(advice)"]
        )
    }

    @Test func `a dry run can be asked for by a variable`() throws {
        #expect(try Settings.fromEnvironment(["LVMBACKUP_DRY_RUN": "1"]).configuration().dryRun)
    }

    /// Each in a file of its own, and in one with all of them.
    static let unusable = [
        "log-level = \"loud\"", "snapshot-size = \"20%\"", "snapshot-max = \"much\"", "snapshot-extend-at = \"5%\"",
        "snapshot-name = \"a b\"", "backup-directory = \"backups\"", "mount-directory = \"mnt\"", "scratch = \"rel\"",
        "metrics = \"x.prom\"", "logical-volume = \"vg0\"", "hooks-directory = \"~/hooks\"",
        "defaults-file = \"~/.my.cnf\"",
        "socket = \"mysqld.sock\"", "server-executable = \"bin/mariadbd\"", "max-lock = \"soon\"", "threads = 0",
        "compress = \"lz4\"", "verify = \"full\"", "lock = \"stages\"", "exclude = [\"[\"]", "keep-lats = 3",
        "port = \"x\"",
    ]

    @Test(arguments: unusable)
    func `a value that no run can use is a fault of the file`(line: String) throws {
        let examined = try ConfigurationFile.examine("user = \"root\"\n" + line, path: "x.toml")
        #expect(examined.faults.count == 1)
        for fault in examined.faults { #expect(Outcome.exitStatus(of: Failure(fault)) == 78, "\(fault)") }
        #expect(throws: (any Error).self) {
            let settings = try ConfigurationFile.parse(line, path: "x.toml")
            try settings.checkForms()
            try settings.configuration().check()
        }
    }

    @Test func `all faults of a file are told in the order of their lines`() throws {
        let text = "user = \"a\"\n" + Self.unusable.reversed().joined(separator: "\n")
        let examined = try ConfigurationFile.examine(text, path: "x.toml")
        #expect(examined.faults.count == Self.unusable.count)
        #expect(examined.faults.first.map { "\($0)" }?.contains("\"port\"") == true)
        #expect(examined.settings.all.contains { $0.setting == .user })
        let error = #expect(throws: SettingsError.self) {
            try ConfigurationFile.parse("a = 1\nkeep-lst = 3\ncompres = \"zstd\"", path: "x.toml")
        }
        #expect(error?.message.hasSuffix("line 1)") == true)
    }

    @Test(arguments: [
        "socket = \"@mysql\"", "backup-directory = \"-\"", "server-executable = \"mariadbd\"",
        "snapshot-size = \"700\"",
        "logical-volume = \"/dev/vg0/mysql\"", "logical-volume = \"vg0/mysql\"", "snapshot-extend-at = \"off\"",
        "log-level = \"debug\"", "max-query-age = \"off\"",
    ])
    func `a value in one of its forms is none`(line: String) throws {
        #expect(try ConfigurationFile.examine(line, path: "x.toml").faults.isEmpty)
        try ConfigurationFile.parse(line, path: "x.toml").checkForms()
    }

    @Test func `a relative path of the command line is meant from the caller's directory`() throws {
        var settings = Settings()
        settings.set(.backupDirectory, .text("backups"), from: "option --backup-directory")
        try settings.checkForms()
        settings.set(.backupDirectory, .text("backups"), from: "environment variable LVMBACKUP_BACKUP_DIRECTORY")
        #expect(throws: SettingsError.self) { try settings.checkForms() }
    }

    @Test func `variables of the lab and of fault injection are no mistyped settings`() {
        let names = [
            "COMMAND", "FAULT", "LAB", "LAB_BOOT", "LAB_DISKS", "LAB_LANE", "LAB_SCOPE", "RUN", "SOAK_RUNS", "WRITERS",
        ]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ("LVMBACKUP_\($0)", "x") })
        #expect(Settings.warnings(about: environment).isEmpty)
    }

    @Test func `empty texts are named with their places`() throws {
        let text = "backup-directory = \"\"\nexclude = [\"a\", \" \"]\nhost = \"db\""
        let settings = try ConfigurationFile.parse(text, path: "x")
        #expect(
            settings.empty == ["\"backup-directory\" (file \"x\", line 1)", "\"exclude\" (file \"x\", line 2)"]
        )
    }

    @Test func `a wrong value in the environment names the variable`() {
        let error = #expect(throws: SettingsError.self) { try Settings.fromEnvironment(["LVMBACKUP_KEEP_LAST": "x"]) }
        #expect(
            error?.message == "\"keep-last\" (environment variable LVMBACKUP_KEEP_LAST) is not a whole number: \"x\""
        )
    }

    @Test func `the old skip-flush-tables is the plan none, and contradicts another`() throws {
        #expect(try ConfigurationFile.parse("skip-flush-tables = true", path: "x").configuration().lock == .none)
        let both = try ConfigurationFile.parse("skip-flush-tables = true\nlock = \"stage\"", path: "x")
        #expect(throws: SettingsError.self) { try both.configuration() }
    }

    @Test(arguments: [
        ("30", Duration.seconds(30)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
        ("500ms", .milliseconds(500)), ("1.5s", .milliseconds(1500)), ("2d", .seconds(172_800)),
        ("", nil), ("s", nil), ("-5", nil), ("5x", nil), ("inf", nil), ("1e300", nil),
    ])
    func `lengths of time`(text: String, expected: Duration?) {
        #expect(Duration(notation: text) == expected)
    }

    // MARK: The file

    private static func write(_ path: String, mode: mode_t, text: String = "keep-last = 7\n") throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
        chmod(path, mode)
    }

    @Test func `a file that others may write is refused, with the command that repairs it`() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path("x.toml")
        try Self.write(path, mode: 0o644)
        #expect(try ConfigurationFile.read(path).configuration().keepLast == 7)
        chmod(path, 0o664)
        let complaint = SettingsError(
            "cannot use the configuration file \"\(path)\": it can be changed by others",
            advice: "find out which user changed it, then: chmod go-w \(path)"
        )
        #expect(throws: complaint) { try ConfigurationFile.read(path) }
    }

    @Test func `a file that is not regular is refused as such`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        for path in ["/dev/fd/\(ends[0])", "/dev/null", "/tmp"] {
            let complaint = SettingsError("cannot use the configuration file \"\(path)\": it is not a regular file")
            #expect(throws: complaint) { try ConfigurationFile.read(path) }
        }
    }

    @Test func `a file that was removed, and is still open, is refused with its name`() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path("x.toml")
        try Self.write(path, mode: 0o600)
        let number = open(path, O_RDONLY)
        defer { close(number) }
        unlink(path)
        let error = #expect(throws: SettingsError.self) { try ConfigurationFile.read("/dev/fd/\(number)") }
        #expect(error?.message.hasPrefix("cannot use the configuration file \"/dev/fd/\(number)\": ") == true)
    }

    @Test func `an escape at its start does not make a configuration file bytecode`() throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path("x.toml")
        try Self.write(path, mode: 0o600, text: "\u{1b}[0m")
        let error = #expect(throws: SettingsError.self) { try ConfigurationFile.read(path) }
        #expect(error?.message.contains("is not TOML") == true, "\(error as Any)")
    }

    @Test func `a file in a directory that others may write is refused, also behind a link`() throws {
        let scratch = try ScratchDirectory()
        let (safe, open) = (try scratch.directory("safe"), try scratch.directory("open"))
        try Self.write(open + "/x.toml", mode: 0o644)
        chmod(open, 0o777)
        #expect(symlink(open + "/x.toml", safe + "/link.toml") == 0)
        for path in [open + "/x.toml", safe + "/link.toml"] {
            let error = #expect(throws: SettingsError.self) { try ConfigurationFile.read(path) }
            #expect(error?.message.hasSuffix("\"\(open)\" can be changed by others") == true, "\(error as Any)")
        }
        chmod(open, 0o755)
        #expect(try ConfigurationFile.read(safe + "/link.toml").configuration().keepLast == 7)
    }

    @Test func `a file that is not there is told as before`() {
        let complaint = SettingsError("cannot read the configuration file \"/no/x.toml\": No such file or directory")
        #expect(throws: complaint) { try ConfigurationFile.read("/no/x.toml") }
    }

    @Test func `a secret does not print itself`() {
        let secret = Secret("hunter2")
        #expect("\(secret) \(String(reflecting: secret))".contains("hunter2") == false)
        var configuration = Configuration()
        configuration.password = secret
        #expect("\(configuration)".contains("hunter2") == false)
    }
}
