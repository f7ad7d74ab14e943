import Archive
import ArgumentParser
import Glibc
import LVMBackup

/// The place where a command looks for backup sets.
struct SetOptions: ParsableArguments {
    /// Explains the argument that names a set.
    static let setHelp: ArgumentHelp =
        "\"latest\" (the newest good set), a run id or a unique beginning of one, or the path of a set."

    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "Configuration file (default: \(ConfigurationFile.defaultPath), where it exists).",
            valueName: "file"
        ),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Directory of the backup sets (default: \"backup-directory\" of the configuration).",
            valueName: "directory"
        ),
        completion: .directory
    )
    var from: String?

    /// The directory of the sets.
    ///
    /// - Throws: where none is known.
    func destination() throws -> String { try DestinationChoice(argument: from, config: config).directory() }

    /// The settings of file and environment under the options of groups.
    ///
    /// - Throws: `SettingsError`
    func settings(under groups: any SettingsGroup...) throws -> Settings {
        var settings = try DestinationChoice(config: config).settings()
        var options = Settings()
        for group in groups { group.fill(&options) }
        settings.override(with: options)
        return try settings.withoutEmptyTexts()
    }

    /// The configuration of file and environment.
    ///
    /// - Throws: `SettingsError`
    func configuration() throws -> Configuration {
        try DestinationChoice(config: config).settings().withoutEmptyTexts().configuration()
    }

    /// The set that a name or path stands for.
    ///
    /// - Throws: `ReadError`, `ArchiveError`, `SettingsError`
    func place(_ set: String) async throws -> SetPlace {
        let trimmed = set.count > 1 && set.hasSuffix("/") ? String(set.dropLast()) : set
        if let slash = trimmed.lastIndex(of: "/") {
            let parent = slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
            return SetPlace(destination: parent, name: String(trimmed[trimmed.index(after: slash)...]))
        }
        let list = try await SetList.read(try destination())
        return SetPlace(destination: list.destination, name: try list.find(trimmed).name)
    }

    /// The set that a name or path stands for, with its manifest.
    ///
    /// - Throws: `ReadError`, `ArchiveError`, `SettingsError`
    func item(_ set: String) async throws -> (place: SetPlace, item: SetList.Item) {
        let place = try await place(set)
        return (place, try await SetList.read(place.destination).find(place.name))
    }
}

/// The directory of backup sets, for commands that take one as their argument.
struct SetDirectory: ParsableArguments {
    @Argument(
        help: "Directory of the backup sets (default: \"backup-directory\" of the configuration).",
        completion: .directory
    )
    var directory: String?
    @OptionGroup var options: SetOptions

    var choice: DestinationChoice { DestinationChoice(argument: directory ?? options.from, config: options.config) }

    /// - Throws: where none is known.
    func destination() throws -> String { try choice.directory() }
}

/// The directory of sets as an argument or the configuration names it.
struct DestinationChoice {
    var argument: String?
    var config: String?

    /// - Throws: where none is known.
    func directory() throws -> String {
        if let argument { return argument }
        guard let directory = try settings().withoutEmptyTexts().configuration().destination, directory != "-" else {
            throw ValidationError("no directory of backup sets: name one, or set \"backup-directory\"")
        }
        return directory
    }

    /// The settings of configuration file and environment.
    ///
    /// - Throws: `SettingsError`
    func settings() throws -> Settings {
        var general = GeneralOptions()
        general.config = config
        general.dryRun = false
        var settings = try general.fileSettings()
        settings.override(with: try .fromEnvironment(ProcessWide.environment))
        return settings
    }
}

/// Prints a line of a command's answer.
func printLine(_ line: String) { write(line.printable + "\n", to: STDOUT_FILENO) }
