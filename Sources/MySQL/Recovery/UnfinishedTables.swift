import Host

/// Files of tables without a definition: the remains of a statement that a snapshot cut short.
///
/// MariaDB's statements about partitions are not crash-safe. The live server logs such a statement after the copy's
/// end, and its replay fails because the files are there (measured, 11.8).
struct UnfinishedTables: Equatable, Sendable {
    private static let definition = "frm"
    private static let data: Set = ["ibd", "isl", "par", "MYD", "MYI", "MAD", "MAI", "ARZ", "CSV"]

    /// The path of the first such file, from the data directory on; nil without one.
    let first: String?

    /// - Parameter datadir: of MariaDB, which keeps the definitions of tables in files in their database's directory.
    /// - Throws: `HostError`.
    init(in datadir: HeldDirectory) throws {
        let databases = try datadir.members().filter { $0.kind == .directory }
        first = try databases.compactMap { name, _ in
            try Self.first(in: datadir.directory(name)).map { "\(name)/\($0)" }
        }.min()
    }

    private static func first(in database: HeldDirectory) throws -> String? {
        let files = try database.members().filter { $0.kind == .regular }.compactMap(\.name.text)
        let defined = Set(files.compactMap { table($0, of: [definition]) })
        return files.filter { file in table(file, of: data).map { !defined.contains($0) } ?? false }.min()
    }

    /// The table of a file; nil for files of other kinds, for InnoDB's own files of full-text keys, and for files of
    /// unfinished changes, which the server removes by itself.
    private static func table(_ file: String, of extensions: Set<String>) -> String? {
        guard let dot = file.lastIndex(of: "."), extensions.contains(String(file[file.index(after: dot)...])),
            !file.hasPrefix("#sql"), !file.hasPrefix("FTS_")
        else { return nil }
        let stem = file[..<dot]
        let mark = stem.firstRange(of: "#P#") ?? stem.firstRange(of: "#p#")
        return String(stem[..<(mark?.lowerBound ?? stem.endIndex)])
    }

    /// Why replaying from the copy's end is not exact; nil where no table is unfinished.
    var doubt: String? {
        first.map { "a statement was cut short and left \"\($0)\" without a definition of the table" }
    }
}
