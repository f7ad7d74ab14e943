import ArgumentParser
import LVMBackup

/// A group of options that are settings.
protocol SettingsGroup {
    /// Sets what was given on the command line.
    func fill(_ settings: inout Settings)
}

extension Settings {
    /// The settings, none of which is empty: an empty destination is the current directory for every program below.
    ///
    /// - Throws: `ValidationError`, which ends the command with the status of wrong usage.
    func withoutEmptyTexts() throws -> Settings {
        guard empty.isEmpty else {
            throw ValidationError(
                "\(empty.joined(separator: ", ")) must not be empty; see whether a variable is not set, or leave it out"
            )
        }
        return self
    }

    mutating func set(_ setting: Setting, _ text: String?) {
        if let text { set(setting, .text(text), from: Self.option + setting.rawValue) }
    }

    mutating func set(_ setting: Setting, _ number: Int?) {
        if let number { set(setting, .integer(number), from: Self.option + setting.rawValue) }
    }

    mutating func set(_ setting: Setting, _ flag: Bool?) {
        if let flag { set(setting, .flag(flag), from: Self.option + setting.rawValue) }
    }

    mutating func set(_ setting: Setting, _ list: [String]) {
        if !list.isEmpty { set(setting, .list(list), from: Self.option + setting.rawValue) }
    }
}
