import ArgumentParser
import Glibc
import Host
import LVMBackup

/// The subcommands for the configuration file.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Write, show, check and import the configuration.",
        subcommands: [ConfigInit.self, ConfigShow.self, ConfigCheck.self, ConfigImport.self],
        helpNames: [.customShort("?"), .long]
    )
}

struct ConfigInit: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Print a configuration file to start from: each key with its meaning, all of them comments.",
        helpNames: [.customShort("?"), .long]
    )

    func perform() async throws -> Int32 {
        write(try ConfigurationTemplate().text, to: STDOUT_FILENO)
        return 0
    }
}

struct ConfigShow: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the settings of a backup with these options, each with its place; defaults are left out.",
        discussion: "The answer is TOML; --json is one of the options of the backup, and is shown as such.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var options: RunOptions

    func perform() async throws -> Int32 {
        let environment = ProcessWide.environment
        let lines = Self.lines(of: try options.layered(environment: environment))
        for warning in Settings.warnings(about: environment) {
            write("lvmbackup: \(warning.printable)\n", to: STDERR_FILENO)
        }
        // Whole, as a file would have it.
        for line in lines { write(line + "\n", to: STDOUT_FILENO) }
        if lines.isEmpty { printLine("# no settings: every key has its default") }
        return 0
    }

    /// TOML, with the places as comments.
    static func lines(of settings: Settings) -> [String] {
        let rows = settings.all.map { ("\($0.setting.rawValue) = \($0.value.toml)", $0.origin) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { text, origin in
            text + String(repeating: " ", count: width - text.count) + "  # \(origin.printable)"
        }
    }
}

struct ConfigCheck: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the configuration file as a run does, and tell all errors; the exit status is 78 for any.",
        discussion: "\"lvmbackup check\" looks at the host as well.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "The file (default: \(ConfigurationFile.defaultPath)).", completion: .file(extensions: ["toml"]))
    var file: String?

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp("The same, as other commands spell it.", valueName: "file"),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    func validate() throws {
        guard file == nil || config == nil else {
            throw ValidationError("the file is named twice; name it with -c or without")
        }
    }

    func perform() async throws -> Int32 {
        let path = file ?? config ?? ConfigurationFile.defaultPath
        let (settings, faults) = try ConfigurationFile.examine(path)
        for fault in faults { ProcessWide.tell(Failure(fault)) }
        if let first = faults.first { return Outcome.exitStatus(of: Failure(first)) }
        try settings.withoutEmptyTexts().configuration().check()
        let count = settings.all.count
        printLine("\"\(path)\" can be used: \(count) \(count == 1 ? "key" : "keys")")
        return 0
    }
}

struct ConfigImport: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Print the configuration that does what another tool's configuration or command line did.",
        discussion: """
            FILE is mylvmbackup.conf, or a file of a backup set of holland. A command line of mylvmbackup or pylvmbackup \
            follows "--": lvmbackup config import -- pylvmbackup --snapshot-size=5G /backups. Options without a \
            counterpart become comments that say what to do.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "The file, or the words of the command line.", completion: .file())
    var words: [String]

    func perform() async throws -> Int32 {
        let imported = try Self.imported(words)
        write(imported.text, to: STDOUT_FILENO)
        let settings = try ConfigurationFile.parse(imported.text, path: words[0])
        try settings.configuration().check()
        try settings.checkForms()
        return 0
    }

    private static func imported(_ words: [String]) throws -> ImportedConfiguration {
        guard words.count == 1, access(words[0], F_OK) == 0 || words[0].hasSuffix(".conf") else {
            return try ImportedConfiguration(commandLine: words)
        }
        guard let text = String(validating: try readFile(words[0], limit: 1 << 20), as: UTF8.self) else {
            throw SettingsError("cannot read \"\(words[0])\": it is not UTF-8")
        }
        return try ImportedConfiguration(file: text, name: words[0])
    }
}

extension SettingValue {
    /// The value as the configuration file spells it.
    var toml: String {
        switch self {
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .list(let items): "[\(items.map(\.tomlText).joined(separator: ", "))]"
        case .text(let text): text.tomlText
        }
    }
}

extension String {
    /// A basic string of TOML, in which everything that a terminal does not show is escaped.
    fileprivate var tomlText: String {
        let escaped = unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.isPrintable: text.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                text += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            }
        }
        return "\"\(escaped)\""
    }
}
