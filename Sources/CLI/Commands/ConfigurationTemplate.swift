import ArgumentParser
import FoundationEssentials
import LVMBackup

/// A configuration file in which every key is a comment, made of the tables of `--help`.
struct ConfigurationTemplate {
    /// The part of the parser's own description of its tables that is needed.
    private struct Description: Decodable {
        struct Command: Decodable {
            var commandName: String
            var subcommands: [Command]?
            var arguments: [Argument]?
        }

        struct Argument: Decodable {
            struct Name: Decodable { var name: String }

            var names: [Name]?
            var valueName: String?
            var abstract: String?
            var sectionTitle: String?
        }

        var command: Command
    }

    let text: String

    /// - Throws: where the parser describes its tables in another form.
    init() throws {
        let json = Data(LVMBackupCommand._dumpHelp().utf8)
        let command = try JSONDecoder().decode(Description.self, from: json).command
        let backup = command.subcommands?.first { $0.commandName == "backup" }
        var sections: [(title: String, lines: [String])] = []
        for argument in backup?.arguments ?? [] {
            guard let setting = Self.setting(of: argument) else { continue }
            let title = argument.sectionTitle ?? "Destination"
            let lines = Self.comment(argument.abstract ?? "") + ["#\(setting.rawValue) = \(setting.example)", ""]
            if let index = sections.firstIndex(where: { $0.title == title }) {
                sections[index].lines += lines
            } else {
                sections.append((title, lines))
            }
        }
        let head = [
            "# Configuration of lvmbackup. Each key is a long option of \"lvmbackup backup\".",
            "# A number sign in front of a key makes it a comment; \"lvmbackup config check FILE\" reads the file.", "",
        ]
        let hooks = ["# ---- Options of hook files", "", "#[hooks.NAME]", "#KEY = \"value\""]
        let body = sections.flatMap { ["# ---- \($0.title)", ""] + $0.lines }
        text = (head + body + hooks).map { $0 + "\n" }.joined()
    }

    private static func setting(of argument: Description.Argument) -> Setting? {
        guard let names = argument.names else { return argument.valueName.flatMap(Setting.init) }
        return names.lazy.compactMap { Setting(rawValue: $0.name) }.first { $0 != .dryRun }
    }

    /// Lines of at most 100 columns.
    private static func comment(_ text: String) -> [String] {
        var lines = ["#"]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count > 98 { lines.append("#") }
            lines[lines.count - 1] += " \(word)"
        }
        return lines
    }
}

extension Setting {
    /// A value in the setting's form, such as one would set.
    fileprivate var example: String {
        switch self {
        case .backupDirectory: "\"/backups\""
        case .compress: "\"zstd:3\""
        case .defaultsFile: "\"/etc/lvmbackup/client.cnf\""
        case .exclude: "[\"*.tmp\"]"
        case .hooksDirectory: "\"/etc/lvmbackup/hooks.d\""
        case .keepWithin: "\"14d\""
        case .lock: "\"auto\""
        case .lockWaitTimeout, .maxQueryAge: "\"60s\""
        case .logLevel: "\"info\""
        case .logicalVolume: "\"group/volume\""
        case .maxLock: "\"30s\""
        case .mountDirectory: "\"/mnt\""
        case .scratch: "\"/backups\""
        case .serverExecutable: "\"/usr/sbin/mariadbd\""
        case .snapshotName: "\"nightly\""
        case .metrics: "\"/var/lib/prometheus/node-exporter/lvmbackup.prom\""
        case .port: "3306"
        case .snapshotExtendAt: "\"70%\""
        case .snapshotMax, .snapshotSize: "\"5G\""
        case .socket: "\"/run/mysqld/mysqld.sock\""
        case .timeout: "\"2h\""
        case .verify: "\"checksums\""
        default: exampleOfForm
        }
    }

    private var exampleOfForm: String {
        switch self {
        case .allowInconsistent, .innodbRecovery, .journal, .json, .quiet, .skipExtraFlushTables, .skipFlushTables,
            .snapshotOnly, .strictHooks, .syslog:
            "true"
        case .keepDaily, .keepHourly, .keepLast, .keepMonthly, .keepWeekly, .keepYearly, .threads: "7"
        default: "\"\(rawValue)\""
        }
    }
}
