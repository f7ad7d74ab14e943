import LVMBackup

/// The options of another backup tool as a configuration file.
struct ImportedConfiguration {
    /// The tool's name.
    let tool: String
    private(set) var settings: [(setting: Setting, value: SettingValue, place: String)] = []
    /// Options that have no setting: the place, the option as it was given, and what to do.
    private(set) var remarks: [(place: String, option: String, text: String)] = []

    private let rules: ImportRules
    /// The options that are not settings of their own.
    private var parts: [String: ForeignOption] = [:]

    /// - Parameter name: such as `mylvmbackup.conf`.
    /// - Throws: ``SettingsError`` where no section is one of a known tool.
    init(file text: String, name: String) throws(SettingsError) {
        guard let rules = ImportRules.of(fileWith: ForeignOption.sections(inFile: text)) else {
            throw SettingsError("\"\(name)\" has no sections of mylvmbackup or holland")
        }
        self.init(ForeignOption.inFile(text, continuesValues: rules.continuesValues), rules)
    }

    /// - Parameter words: the name of the tool, and its options.
    /// - Throws: ``SettingsError`` where the tool is not known.
    init(commandLine words: [String]) throws(SettingsError) {
        let names = ["mylvmbackup", "pylvmbackup"]
        let tool = words.first?.split(separator: "/").last.map(String.init) ?? ""
        guard names.contains(tool), let rules = ImportRules.of(tool: tool) else {
            let known = names.map { "\"\($0)\"" }.joined(separator: " and ")
            throw SettingsError("\"\(tool)\" is no known tool: command lines of \(known) can be imported")
        }
        let rest = Array(words.dropFirst())
        self.init(ForeignOption.onCommandLine(rest, rules), rules)
    }

    private init(_ options: [ForeignOption], _ rules: ImportRules) {
        self.rules = rules
        tool = rules.name
        for option in options { take(option) }
        for part in ["backupdir", "vgname", "compress", "tarsuffixarg", "mycnf", "compression/method", "tar/exclude"] {
            combine(part)
        }
        // A switch of another tool can be given twice; the last one counts, as there.
        var seen: Set<Setting> = []
        settings = settings.reversed().filter { seen.insert($0.setting).inserted }.reversed()
    }

    /// The file, with a comment for each option that has no setting; nothing in it harms a terminal.
    var text: String {
        let head = "# Imported from \(tool). Each key is a long option of \"lvmbackup backup\"."
        let lines = settings.map { "\($0.setting.rawValue) = \($0.value.toml)  # \($0.place)" }
        let rest = remarks.map { "# \($0.place), \("\"\($0.option)\"".printable): \($0.text)" }
        let notes = rest.isEmpty ? [] : ["", "# Not imported:"] + rest
        return ([head, ""] + lines + notes).map { $0 + "\n" }.joined()
    }

    // MARK: Options

    private mutating func take(_ option: ForeignOption) {
        let key = rules.name == ImportRules.holland.name ? "\(option.section)/\(option.key)" : option.key
        switch rules.meanings[key] {
        case .setting(let setting, let translate):
            if let value = translate(option.value) {
                set(setting, value, option.place)
            } else if !["", "0"].contains(option.value) {
                remark(option, "\"\(setting.rawValue)\" has no such value")
            }
        case .flag(let setting, let flag, let wanted):
            if ImportRules.isTrue(option.value) == wanted { set(setting, .flag(flag), option.place) }
        case .file(let setting):
            guard !option.value.contains(",") else {
                return remark(option, "\"\(setting.rawValue)\" is one file: name the one that has the account")
            }
            // The tool replaces the home directory, which is root's.
            let path = option.value.hasPrefix("~/") ? "/root" + option.value.dropFirst() : option.value
            if !path.isEmpty { set(setting, .text(path), option.place) }
        case .word(let setting, let values, let otherwise):
            guard let value = values[option.value] else { return remark(option, otherwise) }
            if let value { set(setting, value, option.place) }
        case .needless(let reason, let usual):
            if !usual.contains(option.value) { remark(option, reason) }
        case .advice(let text, let usual):
            if !usual.contains(option.value) { remark(option, text) }
        case .part: parts[key] = option
        case nil: remark(option, "unknown to lvmbackup: see the manual of \(tool)", showsValue: false)
        }
    }

    private mutating func set(_ setting: Setting, _ value: SettingValue, _ place: String) {
        settings.append((setting, value, place))
    }

    /// - Parameter showsValue: false for an option whose value may be a password.
    private mutating func remark(_ option: ForeignOption, _ text: String, showsValue: Bool = true) {
        let isOpen = showsValue && !option.mayHaveSecret
        remarks.append((option.place, isOpen ? option.spelled : option.spelledWithoutValue, text))
    }

    // MARK: Settings that several options make

    private mutating func combine(_ key: String) {
        guard let option = parts[key] ?? (key == "vgname" ? parts["lvname"] : nil) else { return }
        switch key {
        case "backupdir": addDirectory(option)
        case "vgname": addVolume(option)
        case "compress": addCompression(option, level: parts["compressarg"]?.value ?? "--best")
        case "tarsuffixarg": addExclusions(option)
        case "mycnf":
            guard !ImportRules.isTrue(parts["skip_mycnf"]?.value ?? "0") else { return }
            remark(option, "a set has the data alone: back up the server's option files with the rest of /etc")
        case "compression/method": addCompression(option, level: parts["compression/level"]?.value ?? "1")
        default: set(.exclude, .list(option.value.split(separator: ",").map(\.trimmed)), option.place)
        }
    }

    private mutating func addDirectory(_ option: ForeignOption) {
        guard option.value.hasPrefix("/"), !option.value.contains("%") else {
            return remark(option, "\"backup-directory\" is an absolute path of this host; for another host use a hook")
        }
        set(.backupDirectory, .text(option.value), option.place)
    }

    /// mylvmbackup's own defaults count where one of the two is missing.
    private mutating func addVolume(_ option: ForeignOption) {
        let group = parts["vgname"]?.value ?? "mysql"
        let volume = parts["lvname"]?.value ?? "data"
        set(.logicalVolume, .text("\(group)/\(volume)"), option.place)
    }

    private mutating func addCompression(_ option: ForeignOption, level text: String) {
        let program = option.value.split(separator: "/").last.map(String.init) ?? ""
        let words = text.split(separator: " ")
        let digits = words.compactMap { Int($0.drop { $0 == "-" }) }.last
        let level = words.contains("--best") ? 9 : words.contains("--fast") ? 1 : digits
        switch program {
        case "gzip", "pigz", "gzip-rsyncable":
            set(.compress, .text(level.map { "gzip:\(min(max($0, 1), 9))" } ?? "gzip"), option.place)
            remark(option, "the default, \"zstd:1\", is many times faster, and its sets are smaller")
        case "zstd", "zstdmt":
            set(.compress, .text(level.map { "zstd:\(min(max($0, 1), 19))" } ?? "zstd"), option.place)
        case "", "cat", "none": set(.compress, .text("none"), option.place)
        default:
            remark(option, "\"compress\" is zstd, gzip or none; other programs: examples/policies/50-compressor.lua")
        }
    }

    /// `--exclude PATTERN` and `--exclude=PATTERN` of GNU tar.
    private mutating func addExclusions(_ option: ForeignOption) {
        var words = option.value.split(separator: " ").map(String.init)[...]
        var patterns: [String] = []
        var others: [String] = []
        while let word = words.popFirst() {
            if word == "--exclude", let pattern = words.popFirst() {
                patterns.append(pattern)
            } else if word.hasPrefix("--exclude=") {
                patterns.append(String(word.dropFirst("--exclude=".count)))
            } else {
                others.append(word)
            }
        }
        if !patterns.isEmpty { set(.exclude, .list(patterns), option.place) }
        if !others.isEmpty { remark(option, ImportRules.tarOptions) }
    }
}

extension ForeignOption {
    /// A password, a command with one, or a word that stands where no argument is expected.
    fileprivate var mayHaveSecret: Bool { key == "password" || key.hasSuffix("-command") || key.isEmpty }

    /// As in a file.
    fileprivate var spelled: String { "\(place(of: key)) = \(value)" }

    /// A line of a file without an equals sign is a key in whole, and may have its value behind other signs.
    fileprivate var spelledWithoutValue: String {
        if key.isEmpty { return "…" }
        let name = key.prefix { $0.isLetter || $0.isNumber || "-_…".contains($0) }
        return key.hasSuffix("…") ? place(of: name) : place(of: name) + " = …"
    }

    private func place(of name: some StringProtocol) -> String { "\(section.isEmpty ? "" : "[\(section)] ")\(name)" }
}
