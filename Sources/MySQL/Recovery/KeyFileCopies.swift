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
    ///   - account: the recovery server's.
    /// - Returns: the copies over the live directories, as the server's root directory shows them.
    /// - Throws: ``MySQLError/sharedKeys(_:)``, `HostError`.
    func make(in directory: HeldDirectory, for account: ServerAccount) throws -> [NamespaceCopy.Cover] {
        guard !copy.reading.identity.isMariaDB else { return [] }
        let files = Set(copy.reading.inventory.files.filter { $0.role == .keyring }.map(\.path)).sorted()
        let places = Dictionary(grouping: files, by: FilePath.directory).sorted { $0.key < $1.key }
        return try places.enumerated().compactMap { number, place in
            guard try copy.paths.inCopy(place.key) == nil else { return nil }
            try refuseShared(place.key)
            let live = try realDirectory(place.key)
            let own = try directory.createDirectory(FileName("keys-\(number)"))
            for file in place.value { try copyFile(FileName(FilePath.name(of: file)), of: live, to: own, account) }
            try own.setOwner(uid: account.uid, gid: account.gid)
            return NamespaceCopy.Cover(own, over: live.description)
        }
    }

    /// The copy hides all else in the directory.
    private func refuseShared(_ directory: String) throws {
        let variables = copy.reading.variables
        let others = [variables.datadir, variables.path("basedir"), variables.path("plugin_dir")].compactMap(\.self)
        guard !others.contains(where: { FilePath.isInside($0, directory) }) else {
            throw MySQLError.sharedKeys(directory)
        }
    }

    /// Without symbolic links, in the server's root directory.
    private func realDirectory(_ path: String) throws -> FileName {
        guard case .file(let directory) = try copy.paths.tree.resolve(FileName(path)).end else {
            throw MySQLError.system("recover", on: path, reason: "the directory of the key files is not there")
        }
        return directory.path
    }

    /// Reads with the rights of the live server's user: that user may have put another file there, and may have chosen
    /// the name.
    private func copyFile(
        _ name: FileName,
        of live: FileName,
        to directory: HeldDirectory,
        _ account: ServerAccount
    ) throws {
        let (base, path) = try copy.paths.tree.place(of: live.appending(name))
        let read = { try base.file(path).read(limit: Self.largestFile) }
        let own = Account(uid: account.uid, gid: account.gid, groups: account.groups)
        let rights = try copy.reading.process.map { try Account(of: $0.pid) } ?? own
        guard rights.uid == account.uid else {
            throw MySQLError.account(reason: "the user of its process has changed to user \(rights.uid)")
        }
        let keys = try rights.assumed(read)
        let file = try directory.create(name)
        try file.write(keys, at: 0)
        try file.setOwner(uid: account.uid, gid: account.gid)
    }
}
