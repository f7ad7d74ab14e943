import Host
import Lifecycle

/// Where the server's encryption keys are.
struct KeyInventory: Sendable, Equatable {
    /// Key files.
    private(set) var files: [DataFile]
    /// Paths, and names of components and plug-ins that keep keys elsewhere.
    private(set) var places: [String]
    private(set) var warnings: [String] = []

    /// MySQL 8.0.24 and later; needs SELECT on the table.
    static let component = """
        SELECT `STATUS_KEY` AS `key`, `STATUS_VALUE` AS `value` FROM `performance_schema`.`keyring_component_status`
        """
    static let plugins = """
        SELECT `PLUGIN_NAME` AS `name` FROM `information_schema`.`PLUGINS` WHERE `PLUGIN_STATUS` = 'ACTIVE' \
        AND `PLUGIN_TYPE` IN ('ENCRYPTION', 'KEYRING')
        """

    /// The plug-ins whose key files are known.
    private let pluginsWithFiles: Set<String>

    /// - Parameter known: the files that the server's variables name, by plug-in.
    init(known: [String: [DataFile]] = [:]) {
        files = known.sorted { $0.key < $1.key }.flatMap(\.value)
        pluginsWithFiles = Set(known.filter { !$0.value.isEmpty }.keys)
        places = files.map(\.path)
        warnings = places.map { Self.warning("\"\($0)\"") }
    }

    /// Takes the answer to ``component``: of a component without a file of its own only the name is known.
    mutating func read(_ rows: Rows) {
        let status = Dictionary(rows.compactMap { row in row["key"].map { ($0, row["value"] ?? "") } }) { $1 }
        guard let name = status["Component_name"], !name.isEmpty else { return }
        if let path = status["Data_file"], path.isAbsolutePath {
            files.append(DataFile(role: .keyring, path: FilePath.normalized(path), isRequired: false))
            note(FilePath.normalized(path), "\"\(FilePath.normalized(path))\" (\(name))")
        } else {
            note(name, "the component \"\(name)\"")
        }
    }

    /// Takes the answer to ``plugins``.
    ///
    /// A plug-in with a known file is reported by that file.
    mutating func read(plugins: Rows) {
        for name in plugins.compactMap({ $0["name"] }) where !pluginsWithFiles.contains(name.lowercased()) {
            note(name, "the plug-in \"\(name)\"")
        }
    }

    mutating func hide(because error: MySQLError) {
        let advice = error.advice.map { ": \($0)" } ?? ""
        warnings.append("cannot see whether encryption keys lie outside the set: \(error.message)\(advice)")
    }

    private mutating func note(_ place: String, _ text: String) {
        guard !places.contains(place) else { return }
        places.append(place)
        warnings.append(Self.warning(text))
    }

    private static func warning(_ place: String) -> String {
        "keys are in \(place): a backup with encrypted tables is of no use without them"
    }
}
