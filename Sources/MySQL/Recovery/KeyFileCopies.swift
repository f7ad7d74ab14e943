import Host
import Lifecycle

/// Private copies of the live server's key files, for the recovery server.
///
/// MySQL's keyrings rewrite their file at every start, also where they are told to only read it (measured, 9.7.4): a key
/// that the live server stores meanwhile would be lost. MariaDB only reads its file.
struct KeyFileCopies: Sendable {
    /// Bytes of the largest key file.
    private static let largestFile = 64 << 20

    let copy: RecoverableCopy

    /// Copies the key files that are not in the copy of the data.
    ///
    /// - Parameters:
    ///   - directory: receives one directory for each that holds key files.
    ///   - user: the recovery server's user; nil where that is ours.
    /// - Returns: the copies over the live directories.
    /// - Throws: ``MySQLError/sharedKeys(_:)``, `HostError`.
    func make(in directory: HeldDirectory, for user: Command.User?) throws -> [Bind] {
        guard !copy.reading.identity.isMariaDB else { return [] }
        let files = Set(copy.reading.inventory.files.filter { $0.role == .keyring }.map(\.path)).sorted()
        let places = Dictionary(grouping: files, by: FilePath.directory).sorted { $0.key < $1.key }
        return try places.enumerated().compactMap { number, place in
            guard try copy.paths.inCopy(place.key) == nil else { return nil }
            try refuseShared(place.key)
            let name = Self.name(number)
            let own = try directory.createDirectory(FileName(name))
            for file in place.value { try copyFile(file, to: own, for: user) }
            if let user { try own.setOwner(uid: user.uid, gid: user.gid) }
            return Bind(source: "\(directory.path)/\(name)", target: place.key)
        }
    }

    /// The names of the directories that were made.
    static func name(_ number: Int) -> String { "keys-\(number)" }

    /// The copy hides all else in the directory.
    private func refuseShared(_ directory: String) throws {
        let variables = copy.reading.variables
        let others = [variables.datadir, variables.path("basedir"), variables.path("plugin_dir")].compactMap(\.self)
        guard !others.contains(where: { FilePath.isInside($0, directory) }) else {
            throw MySQLError.sharedKeys(directory)
        }
    }

    /// Reads with the rights of the live server: its user may have put a link there.
    private func copyFile(_ path: String, to own: HeldDirectory, for user: Command.User?) throws {
        let read = { try HeldFile(path).read(limit: Self.largestFile) }
        let keys = try copy.reading.process.map { try Account(of: $0.pid).assumed(read) } ?? read()
        let file = try own.create(FileName(FilePath.name(of: path)))
        try file.write(keys, at: 0)
        if let user { try file.setOwner(uid: user.uid, gid: user.gid) }
    }
}
