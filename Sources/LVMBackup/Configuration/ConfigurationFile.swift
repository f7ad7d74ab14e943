import Glibc
import Hooks
import Host
import Lifecycle

/// Reads settings from a TOML file whose keys are the long options' names.
package enum ConfigurationFile {
    /// The command's default file.
    package static let defaultPath = "/etc/lvmbackup/lvmbackup.toml"

    /// Reads the file.
    ///
    /// - Throws: ``SettingsError`` where it cannot be read, others could have changed it, it is no TOML, or has an
    ///   unknown key or a value of the wrong form; with the line.
    package static func read(_ path: String) throws -> Settings { try parse(try text(of: path), path: path) }

    /// Reads the file, and looks at each of its values as a backup does.
    ///
    /// - Returns: the settings that can be used, and the errors of all others in the order of their lines.
    /// - Throws: ``SettingsError`` where the file cannot be read, others could have changed it, or it is no TOML.
    package static func examine(_ path: String) throws -> (settings: Settings, faults: [any Error]) {
        try examine(try text(of: path), path: path)
    }

    private static func text(of path: String) throws -> String {
        guard access(path, R_OK) == 0 else {
            throw SettingsError("cannot read the configuration file \"\(path)\": \(String(cString: strerror(errno)))")
        }
        do {
            let bytes = try TrustedFile.read(following: path)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw SettingsError("cannot use the configuration file \"\(path)\": it is not UTF-8")
            }
            return text
        } catch let refusal as TrustedFile.Refusal {
            throw unusable(path, refusal)
        } catch let error as HostError {
            throw SettingsError("cannot use the configuration file \"\(path)\": \(error.message)")
        }
    }

    /// It names the hooks and the server that root trusts: as safe as they have to be.
    private static func unusable(_ path: String, _ refusal: TrustedFile.Refusal) -> SettingsError {
        let prefix = "cannot use the configuration file \"\(path)\": "
        switch refusal {
        case .untrusted(let culprit, let reason, let repair):
            return SettingsError(
                prefix + (culprit == path ? "it" : "\"\(culprit)\"") + " \(reason)",
                advice: repair.map { "find out which user changed it, then: \($0) \(quotedForShell(culprit))" }
            )
        case .unreadable(_, let reason): return SettingsError(prefix + reason)
        }
    }

    /// Reads the text of a file called `path`.
    ///
    /// - Throws: ``SettingsError``.
    package static func parse(_ text: String, path: String) throws -> Settings {
        var settings = Settings()
        for entry in try entries(of: text, path: path) { _ = try entry.read(into: &settings) }
        return settings
    }

    /// Reads the text of a file called `path`, and looks at each of its values as a backup does.
    ///
    /// - Throws: ``SettingsError`` where it is no TOML.
    package static func examine(_ text: String, path: String) throws -> (settings: Settings, faults: [any Error]) {
        var settings = Settings()
        var faults: [any Error] = []
        for entry in try entries(of: text, path: path) {
            do {
                guard let setting = try entry.read(into: &settings) else { continue }
                if let fault = settings.fault(of: setting) { faults.append(fault) }
            } catch { faults.append(error) }
        }
        return (settings, faults)
    }

    /// A key of the root table.
    private struct Entry {
        let key: String
        let value: LuaValue
        let line: Int
        let origin: String

        /// - Returns: the setting; nil for the options of hooks.
        /// - Throws: ``SettingsError``.
        func read(into settings: inout Settings) throws -> Setting? {
            if key == "hooks" {
                settings.hookOptions = try hookOptions(value, origin)
                return nil
            }
            guard let setting = Setting(rawValue: key), setting != .dryRun else { throw unknown(key, origin) }
            guard let value = SettingValue(value, for: setting) else {
                throw SettingsError("\"\(key)\" (\(origin)) wants \(setting.form.inWords)")
            }
            settings.set(setting, value, from: origin)
            return setting
        }
    }

    /// The keys in the order of their lines.
    private static func entries(of text: String, path: String) throws -> [Entry] {
        let values: [String: LuaValue]
        do { values = try TOMLText.values(of: text) } catch let error as TOMLError {
            throw SettingsError(
                "the configuration file \"\(path)\", line \(error.line), is not TOML: \(error.reason)"
            )
        }
        let entries = values.map { key, value in
            let line = Self.line(of: key, in: text)
            return Entry(key: key, value: value, line: line, origin: "file \"\(path)\", line \(line)")
        }
        return entries.sorted { ($0.line, $0.key) < ($1.line, $1.key) }
    }

    /// `[hooks.NAME]`: the keys are the hook files' own, and they check the values.
    private static func hookOptions(_ value: LuaValue, _ origin: String) throws -> [String: [String: LuaValue]] {
        let complaint = SettingsError("\"hooks\" (\(origin)) wants tables: [hooks.NAME]")
        guard case .table(let hooks) = value else { throw complaint }
        return try hooks.mapValues {
            guard case .table(let options) = $0 else { throw complaint }
            return options
        }
    }

    private static func unknown(_ key: String, _ origin: String) -> SettingsError {
        if key == "password" {
            return SettingsError(
                "\"password\" does not belong into the configuration file (\(origin))",
                advice: "put it into an option file that only root can read, and name that with \"defaults-file\""
            )
        }
        let names = Setting.allCases.filter { $0 != .dryRun }.map(\.rawValue) + ["hooks"]
        return SettingsError(
            "unknown key \"\(key)\" (\(origin))",
            advice: nearest(to: key, among: names).map { "did you mean \"\($0)\"?" }
        )
    }

    /// The line on which a key of the root table stands; tables count by their header.
    private static func line(of key: String, in text: String) -> Int {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "[" }
            if let quote = rest.first, quote == "\"" || quote == "'" { rest = rest.dropFirst() }
            guard rest.hasPrefix(key) else { continue }
            if let next = rest.dropFirst(key.count).first, next.isLetter || next.isNumber || next == "-" { continue }
            return index + 1
        }
        return 1
    }
}

extension SettingValue {
    /// A value in the setting's form; nil where it has another.
    ///
    /// For texts and whole numbers, see `TOMLText`.
    fileprivate init?(_ value: LuaValue, for setting: Setting) {
        switch (setting.form, value) {
        case (.flag, .bool(let flag)): self = .flag(flag)
        case (.integer, .integer(let number)): self = .integer(Int(number))
        case (.list, .list(let items)):
            let texts = items.compactMap(\.text)
            guard texts.count == items.count else { return nil }
            self = .list(texts)
        case (.list, .string(let bytes)): self = .list([String(decoding: bytes, as: UTF8.self)])
        case (.text, .string(let bytes)): self = .text(String(decoding: bytes, as: UTF8.self))
        // A plain number of seconds needs no quotes.
        case (.text, .integer(let number)): self = .text(String(number))
        default: return nil
        }
    }
}

extension Setting.Form {
    fileprivate var inWords: String {
        switch self {
        case .flag: "true or false"
        case .integer: "a whole number"
        case .list: "a list of strings"
        case .text: "a string"
        }
    }
}
