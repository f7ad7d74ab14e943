import Glibc
package import Hooks
import Lifecycle

/// Settings from one or several places, each with where it came from.
///
/// Later layers win.
package struct Settings: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var value: SettingValue
        var origin: String
    }

    private var entries: [Setting: Entry] = [:]
    /// The option file of a credential: it holds where no layer has a "defaults-file".
    private(set) var credential: String?
    /// `[hooks.NAME]`, as the hook files are to read it.
    package var hookOptions: [String: [String: LuaValue]] = [:]
    /// `--set NAME.KEY=VALUE`, by hook file and key.
    package var givenHookOptions: [String: [String: String]] = [:]

    /// Creates settings without values.
    package init() {}

    /// The value of a setting; nil where none is given.
    package subscript(_ setting: Setting) -> SettingValue? { entries[setting]?.value }

    /// Each setting that has a value, with the value and its place, in the order of ``Setting``.
    package var all: [(setting: Setting, value: SettingValue, origin: String)] {
        Setting.allCases.compactMap { setting in
            entries[setting].map { (setting, $0.value, $0.origin) }
        }
    }

    /// The setting's value alone.
    func only(_ setting: Setting) -> Settings {
        var settings = Settings()
        settings.entries[setting] = entries[setting]
        return settings
    }

    /// Whether the command line gave the value: a path is then meant from the caller's own directory.
    func isGivenByOption(_ setting: Setting) -> Bool { entries[setting]?.origin.hasPrefix(Self.option) == true }

    /// The beginning of the place of a value of the command line.
    package static let option = "option --"

    /// How messages name a setting and its place, such as `"max-lock" (file "/etc/…", line 3)`.
    func place(of setting: Setting) -> String {
        "\"\(setting.rawValue)\"" + (entries[setting].map { " (\($0.origin))" } ?? "")
    }

    /// Sets a value that came from `origin`.
    package mutating func set(_ setting: Setting, _ value: SettingValue, from origin: String) {
        entries[setting] = Entry(value: value, origin: origin)
    }

    /// Settings of `stronger` replace those of this one.
    package mutating func override(with stronger: Settings) {
        entries.merge(stronger.entries) { $1 }
        credential = stronger.credential ?? credential
        hookOptions.merge(stronger.hookOptions) { $0.merging($1) { $1 } }
        givenHookOptions.merge(stronger.givenHookOptions) { $0.merging($1) { $1 } }
    }

    /// The settings that the process's environment carries.
    ///
    /// - Throws: ``SettingsError`` for a value of the wrong form.
    package static func fromEnvironment(_ environment: [String: String]) throws -> Settings {
        var settings = Settings()
        for (name, text) in environment where name.hasPrefix("LVMBACKUP_") {
            guard let setting = Setting.allCases.first(where: { $0.environmentVariable == name }) else { continue }
            let origin = "environment variable \(name)"
            let value = text.isEmpty ? SettingValue.text("") : try SettingValue(text, for: setting, from: origin)
            settings.set(setting, value, from: origin)
        }
        settings.readCredential(environment)
        return settings
    }

    /// The option file that a service manager hands over, by `LoadCredential=lvmbackup.cnf` of systemd.
    private mutating func readCredential(_ environment: [String: String]) {
        guard let directory = environment["CREDENTIALS_DIRECTORY"], directory.hasPrefix("/") else { return }
        let path = directory + "/lvmbackup.cnf"
        guard access(path, F_OK) == 0 else { return }
        credential = path
    }

    /// Warnings about variables that look like settings and are none.
    package static func warnings(about environment: [String: String]) -> [String] {
        let known = Setting.allCases.map { String($0.environmentVariable.dropFirst(prefix.count)) }
        return environment.keys.sorted().compactMap { name in
            let word = String(name.dropFirst(prefix.count))
            guard name.hasPrefix(prefix), !known.contains(word), !isOwn(word) else { return nil }
            return "the environment variable \"\(name)\" has no effect\(advice(about: word, known))"
        }
    }

    private static func advice(about word: String, _ known: [String]) -> String {
        let option = word.lowercased().split(separator: "_").joined(separator: "-")
        if optionsWithoutVariable.contains(option) { return "; use the option --\(option)" }
        return (otherNames[word] ?? nearest(to: word, among: known)).map { "; did you mean \"\(prefix + $0)\"?" } ?? ""
    }

    /// Long options of commands, each of which says something of one run alone.
    private static let optionsWithoutVariable: Set = [
        "config", "from", "help", "no-hooks", "no-innodb-recovery", "password", "set", "trace", "verbose", "version",
    ]

    private static let otherNames = ["DIRECTORY": "BACKUP_DIRECTORY", "HOOKS": "HOOKS_DIRECTORY"]

    /// Whether the program itself, its tests or its lab use the variable.
    private static func isOwn(_ word: String) -> Bool {
        ["BTRFS", "COMMAND", "DEMO_START", "FAULT", "FUZZ", "RELEASE", "RUN", "TEST_SOCKET", "WRITERS"].contains(word)
            || word == "LAB" || word.hasPrefix("LAB_") || word.hasPrefix("SOAK_")
    }

    private static let prefix = "LVMBACKUP_"

    /// The places of settings that were given an empty text, as messages name them: mostly a variable that is not set.
    package var empty: [String] {
        Setting.allCases.filter { setting in
            switch self[setting] {
            case .text(let text): text.allSatisfy(\.isWhitespace)
            case .list(let items): items.contains { $0.allSatisfy(\.isWhitespace) }
            case .flag, .integer, nil: false
            }
        }.map(place)
    }
}

extension SettingValue {
    /// Reads a text as the setting's form wants it.
    ///
    /// - Throws: ``SettingsError``.
    init(_ text: String, for setting: Setting, from origin: String) throws {
        switch setting.form {
        case .text: self = .text(text)
        case .list: self = .list(text.split(separator: ",").map(String.init))
        case .integer:
            guard let number = Int(text) else {
                throw SettingsError("\"\(setting.rawValue)\" (\(origin)) is not a whole number: \"\(text)\"")
            }
            self = .integer(number)
        case .flag:
            switch text.lowercased() {
            case "1", "true", "yes", "on": self = .flag(true)
            case "0", "false", "no", "off": self = .flag(false)
            default: throw SettingsError("\"\(setting.rawValue)\" (\(origin)) is neither true nor false: \"\(text)\"")
            }
        }
    }
}
