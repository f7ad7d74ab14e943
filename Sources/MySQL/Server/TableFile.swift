import Host

/// A file of a table, by its name in the directory of the database.
struct TableFile {
    /// The table, written as the server writes names of files; without the mark of a partition.
    let table: String
    let suffix: String

    /// Nil for a name without a suffix.
    init?(_ name: FileName) {
        let name = name.description
        guard let dot = name.lastIndex(of: ".") else { return nil }
        suffix = String(name[name.index(after: dot)...])
        let stem = name[..<dot]
        let mark = stem.firstRange(of: "#P#") ?? stem.firstRange(of: "#p#")
        table = String(stem[..<(mark?.lowerBound ?? stem.endIndex)])
    }

    /// The engine whose data files have the suffix.
    var engine: String? { Self.engines[suffix] }

    private static let engines = ["MYD": "MyISAM", "MAD": "Aria", "CSV": "CSV", "ARZ": "ARCHIVE"]

    /// Whether it is the file of an unfinished change, which no statement can use.
    var isUnfinished: Bool { table.hasPrefix("#sql") }

    /// The table of a definition of MySQL, such as "orders_377.sdi".
    var definedTable: String {
        guard suffix == "sdi", let mark = table.lastIndex(of: "_") else { return table }
        return String(table[..<mark])
    }
}
