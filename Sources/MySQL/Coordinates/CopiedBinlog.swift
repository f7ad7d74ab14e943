import Host
import Lifecycle

/// The binary logs in a copy of the data.
///
/// The copy belongs to the server's user: they are reached by descriptor.
struct CopiedBinlog: Sendable {
    /// Their directory in the copy.
    let directory: HeldDirectory
    /// The names' common part, such as "binlog".
    let basename: String

    /// The log files, oldest first: those of the directory, as the index may be a step behind.
    ///
    /// Regular files only.
    ///
    /// An older log that is a link does not count. Without the newest one nothing tells where the copy ends.
    ///
    /// - Throws: `HostError`; ``MySQLError/binlog(_:reason:)`` for a link in the newest log's place.
    func files() throws -> [String] {
        var logs: [(name: String, number: Int, isLink: Bool)] = []
        for (name, kind) in try directory.members() where kind == .link || kind == .regular {
            guard let text = name.text, let number = number(of: text) else { continue }
            logs.append((text, number, kind == .link))
        }
        logs.sort { $0.number < $1.number }
        if let newest = logs.last, newest.isLink {
            throw MySQLError.binlog("\(directory.path)/\(newest.name)", reason: "it is a symbolic link")
        }
        return logs.filter { !$0.isLink }.map(\.name)
    }

    /// - Throws: `HostError`; anything but a regular file is refused.
    func file(_ name: String) throws -> HeldFile { try directory.file(FileName(name)) }

    /// - Throws: `HostError`.
    func size(of name: String) throws -> UInt64 { try file(name).status().size }

    private static let encryptedMagic: [UInt8] = [0xFD, 0x62, 0x69, 0x6E]
    private static let encryptionHeader: UInt64 = 512

    static func isEncrypted(_ log: HeldFile) throws -> Bool { try log.read(from: 0, count: 4) == encryptedMagic }

    /// The position that the server gives to the end of a log's file.
    ///
    /// MySQL puts a header before an encrypted log, which `SHOW BINARY LOG STATUS` does not count: 512 bytes that begin
    /// with FD 62 69 6E (measured, MySQL 9.7.4: 1337 bytes at position 825).
    ///
    /// - Throws: `HostError`; ``MySQLError/binlog(_:reason:)`` where an encrypted log ends within its header.
    static func position(atEndOf log: HeldFile) throws -> UInt64 {
        let size = try log.status().size
        guard try isEncrypted(log) else { return size }
        guard size >= encryptionHeader else { throw MySQLError.binlog(log.path, reason: "it ends within its header") }
        return size - encryptionHeader
    }

    /// The end of the logs.
    struct Ending: Sendable {
        var coordinates: Coordinates
        var branches: XABranches
    }

    /// In a log of fewer groups than this, commits of the log before it may still be under way.
    private static let groupsOfYoungLog = 1000

    /// Where the newest log's last complete group ends; nil without a log.
    ///
    /// - Throws: ``MySQLError``.
    func ending() throws -> Ending? {
        // A new file may be empty.
        let logs = try files().reversed().filter { try file($0).status().size > 4 }
        guard let newest = logs.first else { return nil }
        let groups = try BinlogReader.groups(of: file(newest))
        var branches = groups.branches
        if groups.count < Self.groupsOfYoungLog, logs.count > 1 {
            branches = try BinlogReader.groups(of: file(logs[1])).branches
            branches.append(groups.branches)
        }
        let position = Coordinates.Position(file: newest, position: groups.end)
        return Ending(coordinates: Coordinates(binlog: position, gtid: groups.gtid), branches: branches)
    }

    /// The statements that the recovery server logged by itself, in logs that are not among the copy's own: it finishes
    /// DDL that the snapshot cut short.
    ///
    /// The live server logs the same statement after the copy's end.
    ///
    /// - Parameter own: the names of the copy's logs.
    /// - Throws: ``MySQLError``, `HostError`.
    func finished(besides own: Set<String>) throws -> FinishedStatements {
        var finished = FinishedStatements()
        for name in try files() where !own.contains(name) {
            let log = try file(name)
            if try log.status().size <= 4 { continue }
            finished.add(try BinlogReader.groups(of: log))
        }
        return finished
    }

    private func number(of name: String) -> Int? {
        guard name.hasPrefix(basename + ".") else { return nil }
        let digits = name.dropFirst(basename.count + 1)
        // The server's largest number has ten digits.
        return 6...10 ~= digits.count && digits.allSatisfy(\.isNumber) ? Int(digits) : nil
    }
}
