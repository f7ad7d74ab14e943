import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// The copy as the recovery server will find it.
struct RecoverableCopy: Sendable {
    /// As the copy has it: logs that are not on the volume are switched off in the variables, so that the recovery server
    /// cannot reach the live ones.
    let reading: ServerReading
    let paths: CopyPaths

    /// - Throws: `HostError`.
    init(_ reading: ServerReading, _ paths: CopyPaths) throws {
        var own = reading
        if let binlog = Self.known(reading).binlog {
            let places = try [FilePath.directory(of: binlog.basename), binlog.index].map(paths.inCopy)
            if places.contains(nil) { own.variables.values["log_bin"] = "OFF" }
        }
        if let relay = reading.variables.path("relay_log_basename") {
            let index = reading.variables.path("relay_log_index")
            let places = try ([FilePath.directory(of: relay)] + [index].compactMap(\.self)).map(paths.inCopy)
            if places.contains(nil) {
                for name in ["relay_log", "relay_log_basename", "relay_log_index"] { own.variables.values[name] = nil }
            }
        }
        self.reading = own
        self.paths = paths
    }

    private static func known(_ reading: ServerReading) -> FileInventory {
        FileInventory(identity: reading.identity, variables: reading.variables)
    }

    private var known: FileInventory { Self.known(reading) }

    /// The copy's own binary logs; nil with the binary log off, or elsewhere.
    ///
    /// - Throws: ``MySQLError/binlog(_:reason:)`` where they are not in the copy.
    func binlog() throws -> CopiedBinlog? {
        guard let live = known.binlog else { return nil }
        guard let directory = try paths.inCopy(FilePath.directory(of: live.basename)),
            try paths.inCopy(live.index) != nil
        else { throw MySQLError.binlog(live.basename, reason: "it is not on the volume of the snapshot") }
        return CopiedBinlog(directory: try held(directory), basename: FilePath.name(of: live.basename))
    }

    /// Saves the files that the recovery server will change, apart from the data.
    ///
    /// - Parameter end: where the newest log ends, without a group of events that was cut off.
    /// - Throws: ``MySQLError``.
    func preserve(_ binlog: CopiedBinlog?, end: Coordinates.Position?) throws -> PreservedFiles {
        var logs: [String: UInt64] = [:]
        for name in try binlog?.files() ?? [] {
            guard let binlog else { continue }
            let size = end?.file == name ? end?.position : try binlog.size(of: name)
            logs["\(binlog.directory.path)/\(name)"] = size
        }
        var directories = [paths.mount.path]
        let others = [known.binlog?.basename, known.binlog?.index, reading.variables.path("relay_log_basename")]
        directories += try others.compactMap(\.self).compactMap(paths.inCopy).map(FilePath.directory)
        return try PreservedFiles(
            in: Set(directories).sorted().compactMap(heldIfPresent),
            logs: logs,
            data: Set(try known.systemTablespaces().compactMap(paths.inCopy))
        )
    }

    /// The remains of statements that the snapshot cut short, once the server has recovered the copy; nil for MySQL,
    /// which undoes statements as a whole.
    ///
    /// - Throws: `HostError`.
    func unfinishedTables() throws -> UnfinishedTables? {
        reading.identity.isMariaDB ? try UnfinishedTables(in: held(paths.mount.path)) : nil
    }

    /// Nil where the copy has no such directory.
    private func heldIfPresent(_ path: String) throws -> HeldDirectory? {
        do { return try held(path) } catch HostError.systemCall(_, _, ENOENT) { return nil }
    }

    /// A directory of the copy, in which every name is the server's.
    private func held(_ path: String) throws -> HeldDirectory {
        let top = try HeldDirectory(paths.mount.mountPoint)
        guard FilePath.isInside(path, paths.mount.mountPoint), path != paths.mount.mountPoint else { return top }
        return try top.directory(FileName(String(path.dropFirst(paths.mount.mountPoint.count + 1))))
    }

    /// The copy over the data's own directories, in the server's root directory.
    ///
    /// - Throws: `HostError`.
    func covers() throws -> [NamespaceCopy.Cover] {
        try paths.binds.map { NamespaceCopy.Cover(try held($0.source), over: $0.target) }
    }

    /// The account of the recovery server.
    ///
    /// - Throws: ``MySQLError/account(reason:)``, `HostError`.
    func account() throws -> ServerAccount {
        let file = try known.identifying.compactMap(paths.inCopy).first
        return try ServerAccount(
            of: reading.process?.pid,
            owner: FileIdentity(of: paths.mount.path),
            of: file.map { try FileIdentity(of: $0, followLinks: false) }
        )
    }
}
