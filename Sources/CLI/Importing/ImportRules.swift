import LVMBackup

/// How the options of another backup tool become settings.
struct ImportRules: Sendable {
    /// The meaning of one option.
    enum Meaning: Sendable {
        /// The same setting, by a translation of the value. One without a translation becomes a comment, unless it is empty
        /// or 0.
        case setting(Setting, @Sendable (String) -> SettingValue?)
        /// A switch: the setting's flag where the switch is on, or where it is off.
        case flag(Setting, Bool, when: Bool)
        /// A file; several of them have no setting.
        case file(Setting)
        /// One of several words, each of which sets a value or nothing; the text says what to do with another one.
        case word(Setting, [String: SettingValue?], otherwise: String)
        /// It is needed no longer, as the text says; a value that is the tool's default is passed over in silence.
        case needless(String, unless: Set<String>)
        /// Has no setting; the text says what to do. The values for which nothing is to be done are left out.
        case advice(String, unless: Set<String>)
        /// Part of a setting that several options make together; see ``ImportedConfiguration``.
        case part
    }

    let name: String
    let meanings: [String: Meaning]
    /// Options of the command line that take no value.
    var flags: Set<String> = []
    var shortNames: [String: String] = [:]
    /// Whether its command line reads `--Some-Option` as `--some_option`.
    var foldsNames = false
    /// Whether an indented line of its file continues the value before it.
    var continuesValues = false

    /// The rules for the tool of a command line or of a file's sections; nil for another one.
    static func of(tool: String) -> ImportRules? {
        all.first { $0.name == tool.split(separator: "/").last.map(String.init) }
    }

    static func of(fileWith sections: Set<String>) -> ImportRules? {
        if sections.contains(where: { ["holland", "holland:backup", "mysql-lvm", "mysqldump-lvm"].contains($0) }) {
            return holland
        }
        return sections.isSubset(of: mylvmbackupSections) && !sections.isEmpty ? mylvmbackup : nil
    }

    static let all = [mylvmbackup, pylvmbackup, holland]

    /// The option that a long name of the command line stands for: itself, or the only one that begins so; nil for
    /// another name.
    func option(_ name: String) -> String? {
        let folded = foldsNames ? name.lowercased().replacing("-", with: "_") : name
        if meanings[folded] != nil { return folded }
        let longer = meanings.keys.filter { !folded.isEmpty && $0.hasPrefix(folded) }
        return longer.count == 1 ? longer.first : nil
    }

    // MARK: Values

    static func text(_ value: String) -> SettingValue? { value.isEmpty ? nil : .text(value) }

    /// A path of this host; a relative one would be meant from another directory, or be no path at all.
    static func path(_ value: String) -> SettingValue? { value.hasPrefix("/") ? .text(value) : nil }

    static func number(_ value: String) -> SettingValue? { Int(value).flatMap { $0 > 0 ? .integer($0) : nil } }

    static func isTrue(_ value: String) -> Bool { ["1", "yes", "true", "on"].contains(value.lowercased()) }

    /// Sizes of snapshots: a bare number is in megabytes, for all three tools as for LVM.
    static func size(_ value: String) -> SettingValue? {
        guard !value.isEmpty else { return nil }
        return .text(value.allSatisfy(\.isNumber) ? value + "M" : value.uppercased())
    }
}
