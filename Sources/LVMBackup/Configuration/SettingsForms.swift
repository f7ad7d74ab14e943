import LVM
import Lifecycle

/// The form of each value, as far as it can be judged without the host.
extension Settings {
    /// Checks the form of every value.
    ///
    /// - Throws: ``SettingsError`` for the first value that no run can use.
    package func checkForms() throws {
        for setting in Setting.allCases { try checkForm(of: setting) }
    }

    /// Everything that is wrong with one setting by itself; nil where a run can use it.
    func fault(of setting: Setting) -> (any Error)? {
        let alone = only(setting)
        // An empty text has a message of its own.
        guard alone.empty.isEmpty else { return nil }
        do {
            try alone.checkForm(of: setting)
            try alone.configuration().check()
            return nil
        } catch { return error }
    }

    /// Checks the form of a value; a setting without a value is well-formed.
    ///
    /// - Throws: ``SettingsError``.
    package func checkForm(of setting: Setting) throws {
        guard let text = text(setting), !text.isEmpty else { return }
        switch setting {
        case .backupDirectory where text == "-", .socket where text.hasPrefix("@"): return
        // A program's name is looked for in the system's directories.
        case .serverExecutable where !text.contains("/"): return
        case .backupDirectory, .defaultsFile, .hooksDirectory, .metrics, .mountDirectory, .scratch, .serverExecutable,
            .socket:
            try checkPath(text, setting)
        case .logLevel: try checkLevel(text)
        case .logicalVolume: try checkVolume(text)
        case .snapshotName: try accept(setting) { _ = try VolumeName(text, group: "") }
        case .snapshotSize, .snapshotMax: try accept(setting) { _ = try SnapshotSize(text) }
        case .snapshotExtendAt: try accept(setting) { _ = try AutoextendPolicy(threshold: text, maximum: nil) }
        default: return
        }
    }

    /// A file and the environment say nothing of the directory from which a relative path would count.
    private func checkPath(_ text: String, _ setting: Setting) throws {
        guard !text.hasPrefix("/"), !isGivenByOption(setting) else { return }
        throw SettingsError(
            "\(place(of: setting)) is not an absolute path: \"\(text)\"",
            advice: "write it from the root directory on; neither \"~\" nor variables are replaced"
        )
    }

    private func checkLevel(_ text: String) throws {
        guard !["trace", "debug", "info", "notice", "warning", "error", "critical"].contains(text) else { return }
        throw SettingsError(
            "\(place(of: .logLevel)) is unknown: \"\(text)\"",
            advice: "use one of: debug, info, notice, warning, error"
        )
    }

    private func checkVolume(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !text.hasPrefix("/"), parts.count != 2 || parts.contains(where: \.isEmpty) else { return }
        throw SettingsError(
            "\(place(of: .logicalVolume)) is neither a volume nor a device: \"\(text)\"",
            advice: "write it as group/volume, or as the path of its device"
        )
    }

    private func accept(_ setting: Setting, _ read: () throws -> Void) throws {
        do { try read() } catch {
            let failure = Failure(error)
            throw SettingsError("\(place(of: setting)) cannot be used: \(failure.message)", advice: failure.advice)
        }
    }
}
