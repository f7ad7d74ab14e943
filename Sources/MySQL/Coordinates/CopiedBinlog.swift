import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// The binary logs in a copy of the data.
struct CopiedBinlog: Sendable {
    /// Where the copy has them.
    let directory: String
    /// The index, in the copy.
    let index: String
    /// The names' common part, such as "binlog".
    let basename: String

    /// The log files, oldest first: those of the directory, as the index may be a step behind. Regular files only.
    ///
    /// An older log that is a link does not count. Without the newest one nothing tells where the copy ends.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``; ``MySQLError/binlog(_:reason:)`` for a link in the newest log's place.
    func files() throws -> [String] {
        let entries = try DirectoryListing(of: directory).entries.filter { number(of: $0.name) != nil }
            .sorted { (number(of: $0.name) ?? 0) < (number(of: $1.name) ?? 0) }
        let isRegular = { (entry: DirectoryListing.Entry) in
            try FileBytes.status(of: directory + "/" + entry.name).st_mode & S_IFMT == S_IFREG
        }
        if let newest = try entries.last(where: { try $0.isLink || isRegular($0) }), newest.isLink {
            throw MySQLError.binlog(directory + "/" + newest.name, reason: "it is a symbolic link")
        }
        return try entries.filter(isRegular).map(\.name)
    }

    /// Where the newest log's last complete group ends; nil without a log.
    ///
    /// - Throws: ``MySQLError``.
    func coordinates() throws -> Coordinates? {
        // A file that was just begun may hold nothing at all yet.
        for name in try files().reversed() {
            let path = directory + "/" + name
            if try FileBytes.size(of: path) <= 4 { continue }
            let ending = try BinlogReader.ending(of: path)
            return Coordinates(
                binlog: Coordinates.Position(file: name, position: ending.position),
                gtid: ending.gtid
            )
        }
        return nil
    }

    /// What the recovery server logged by itself, in logs that are not among the copy's own: it finishes DDL that the
    /// snapshot cut short. The live server logs the same statement behind the copy's end.
    ///
    /// - Parameter own: the names of the copy's logs.
    /// - Throws: ``MySQLError``, `HostError`.
    func finished(besides own: Set<String>) throws -> FinishedStatements {
        var finished = FinishedStatements()
        for name in try files() where !own.contains(name) {
            let path = directory + "/" + name
            if try FileBytes.size(of: path) <= 4 { continue }
            finished.add(try BinlogReader.groups(of: path))
        }
        return finished
    }

    private func number(of name: String) -> Int? {
        guard name.hasPrefix(basename + ".") else { return nil }
        let digits = name.dropFirst(basename.count + 1)
        return digits.count >= 6 && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
    }
}
