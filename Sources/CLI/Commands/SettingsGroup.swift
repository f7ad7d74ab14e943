import LVMBackup

/// A group of options that are settings.
protocol SettingsGroup {
    /// Sets what was given on the command line.
    func fill(_ settings: inout Settings)
}

extension Settings {
    mutating func set(_ setting: Setting, _ text: String?) {
        if let text { set(setting, .text(text), from: "option --\(setting.rawValue)") }
    }

    mutating func set(_ setting: Setting, _ number: Int?) {
        if let number { set(setting, .integer(number), from: "option --\(setting.rawValue)") }
    }

    mutating func set(_ setting: Setting, _ flag: Bool?) {
        if let flag { set(setting, .flag(flag), from: "option --\(setting.rawValue)") }
    }

    mutating func set(_ setting: Setting, _ list: [String]) {
        if !list.isEmpty { set(setting, .list(list), from: "option --\(setting.rawValue)") }
    }
}
