extension DataFile {
    /// The role of a path for the server.
    ///
    /// Roles of one database alone, such as those of its logs, are declared beside that database's provider.
    public struct Role: RawRepresentable, Codable, Hashable, Sendable {
        /// Its name in manifests and hooks, such as "datadir".
        public let rawValue: String
        /// The manuals' word for it.
        package let word: String
        /// Whether the server does not start without a required file of this role.
        ///
        /// The others are made on demand, or may be gone since the server named them.
        package let isEssential: Bool
        /// Whether it is a log of statements, which may be on another volume than the data.
        package let isStatementLog: Bool

        package init(_ rawValue: String, word: String, isEssential: Bool = false, isStatementLog: Bool = false) {
            self.rawValue = rawValue
            self.word = word
            self.isEssential = isEssential
            self.isStatementLog = isStatementLog
        }

        /// Creates a role of a database that has a provider of its own.
        public init(rawValue: String) {
            let general: [Role] = [.datadir, .keyring, .link, .tablespace, .temporary]
            self =
                general.first { $0.rawValue == rawValue } ?? Role(rawValue, word: rawValue, isEssential: true)
        }

        /// The data directory.
        public static let datadir = Role("datadir", word: "data directory", isEssential: true)
        /// A file of encryption keys.
        public static let keyring = Role("keyring", word: "keys")
        /// A symbolic link outside the data directory, on the way to data.
        ///
        /// It is meant itself, not its target.
        public static let link = Role("link", word: "symbolic link")
        /// A tablespace or table outside of the data directory.
        public static let tablespace = Role("tablespace", word: "tablespace or table")
        /// Data that the server makes anew at every start.
        public static let temporary = Role("temporary", word: "temporary data")

        /// Roles of the same name are equal.
        public static func == (left: Role, right: Role) -> Bool { left.rawValue == right.rawValue }

        /// Hashes the name.
        public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    }
}
