import LVMBackup

/// How the options of another backup tool become settings.
struct ImportRules {
    /// The meaning of one option.
    enum Meaning {
        /// The same setting, by a translation of the value; nil where the value sets nothing.
        case setting(Setting, (String) -> SettingValue?)
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

    // MARK: Values

    static func text(_ value: String) -> SettingValue? { value.isEmpty ? nil : .text(value) }

    static func number(_ value: String) -> SettingValue? { Int(value).flatMap { $0 > 0 ? .integer($0) : nil } }

    /// Sets the flag where the other tool's switch has a value.
    static func flag(_ flag: Bool, when wanted: Bool) -> (String) -> SettingValue? {
        { isTrue($0) == wanted ? .flag(flag) : nil }
    }

    static func isTrue(_ value: String) -> Bool { ["1", "yes", "true", "on"].contains(value.lowercased()) }

    /// Sizes of snapshots: a bare number is in megabytes, for all three tools as for LVM.
    static func size(_ value: String) -> SettingValue? {
        guard !value.isEmpty else { return nil }
        return .text(value.allSatisfy(\.isNumber) ? value + "M" : value.uppercased())
    }
}
