import ArgumentParser
import LVMBackup
import Testing

@testable import CLI

@Suite struct `The configuration's commands` {
    /// With the number signs of its keys removed.
    private func uncommented(_ text: String, _ setting: Setting) -> String {
        text.split(separator: "\n").filter { $0.hasPrefix("#\(setting.rawValue) = ") }.map { $0.dropFirst() }
            .joined(separator: "\n")
    }

    @Test(arguments: Setting.allCases.filter { $0 != .dryRun })
    func `the template has each key once, with a value that can be used`(setting: Setting) throws {
        let line = uncommented(try ConfigurationTemplate().text, setting)
        #expect(line.split(separator: "\n").count == 1, "\(line)")
        let settings = try ConfigurationFile.parse(line, path: "x.toml")
        #expect(settings[setting] != nil)
        _ = try settings.configuration()
        try settings.checkForms()
    }

    @Test func `the template as it is sets nothing`() throws {
        #expect(try ConfigurationFile.parse(ConfigurationTemplate().text, path: "x.toml").all.isEmpty)
    }

    @Test func `settings are shown with their places, and read back as they were`() throws {
        var settings = try ConfigurationFile.parse(
            "exclude = [\"a b\", \"c\\\"d\\\\\"]\nkeep-last = 3\nsyslog = true\nmax-lock = \"5s\"",
            path: "x.toml"
        )
        settings.override(with: try .fromEnvironment(["LVMBACKUP_KEEP_LAST": "7"]))
        let lines = ConfigShow.lines(of: settings)
        #expect(
            lines.contains {
                $0.hasPrefix("keep-last = 7 ") && $0.hasSuffix("# environment variable LVMBACKUP_KEEP_LAST")
            }
        )
        #expect(lines.contains { $0.hasPrefix("max-lock = \"5s\"") && $0.hasSuffix("# file \"x.toml\", line 4") })
        let again = try ConfigurationFile.parse(lines.joined(separator: "\n"), path: "y.toml")
        #expect(try again.configuration() == settings.configuration())
    }

    @Test func `the file to be checked is named with -c or without`() throws {
        for words in [["/x.toml"], ["-c", "/x.toml"], ["--config", "/x.toml"]] {
            let command = try ConfigCheck.parse(words)
            #expect((command.file ?? command.config) == "/x.toml")
        }
        #expect(throws: (any Error).self) { try ConfigCheck.parse(["/x.toml", "-c", "/y.toml"]) }
    }

    @Test func `each option of a backup is a setting, or its variable is warned of`() throws {
        let help = BackupCommand.helpMessage()
        let options = Set(help.matches(of: /--([a-z][a-z-]+)/).map { String($0.output.1) })
        #expect(options.count > 40, "\(options)")
        for option in options where Setting(rawValue: option) == nil {
            let name = "LVMBACKUP_" + option.uppercased().replacing("-", with: "_")
            #expect(Settings.warnings(about: [name: "1"]).count == 1, "\(name)")
        }
    }

    @Test func `a text that a run would refuse is refused`() throws {
        let settings = try ConfigurationFile.parse("compress = \"rar\"", path: "x.toml")
        #expect(throws: (any Error).self) { try settings.configuration().check() }
    }
}
