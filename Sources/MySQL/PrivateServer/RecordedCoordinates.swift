import Host
package import Lifecycle

/// Compares the coordinates that a set records with the data itself.
package struct RecordedCoordinates: Sendable {
    private let coordinates: Coordinates
    private let server: Server

    package init(_ coordinates: Coordinates, of server: Server) {
        self.coordinates = coordinates
        self.server = server
    }

    /// The differences that a private server on the data tells, in words.
    ///
    /// - Throws: ``MySQLError``.
    package func differences(_ session: Session) async throws -> [String] {
        let identity = try ServerIdentity(version: server.version, comment: server.flavour)
        let recorded = identity.isMariaDB ? coordinates.replicaGTID : coordinates.gtid
        guard let recorded, coordinates.inexactBecause == nil else { return [] }
        let variable = identity.isMariaDB ? "gtid_slave_pos" : "gtid_executed"
        let found = try await session.query("SELECT @@global.`\(variable)` AS `gtid`").scalar ?? ""
        guard Self.parts(found) != Self.parts(recorded) else { return [] }
        return ["\(variable) is \"\(found)\", the manifest says \"\(recorded)\""]
    }

    /// The differences that the binary logs in the data tell, in words; none where the logs are not in the data.
    ///
    /// The private server has not written to them.
    ///
    /// - Parameter data: the data directory as this process sees it; blocks.
    /// - Throws: ``MySQLError``, `HostError`.
    package func differences(inLogsOf data: String) throws -> [String] {
        let datadir = FilePath.normalized(server.datadir)
        guard let recorded = coordinates.binlog, let basename = server.settings?["log_bin_basename"],
            FilePath.directory(of: basename) == datadir
        else { return [] }
        let logs = CopiedBinlog(
            directory: try HeldDirectory.following(data),
            basename: FilePath.name(of: basename)
        )
        guard let newest = try logs.files().last else { return [] }
        let log = try logs.file(newest)
        let size = try CopiedBinlog.position(atEndOf: log)
        if newest == recorded.file, size == recorded.position { return [] }
        if try !CopiedBinlog.isEncrypted(log), try logs.ending()?.coordinates.binlog == recorded { return [] }
        return [
            "the newest log is \"\(newest)\" of \(size) bytes, the manifest says \(recorded.file):\(recorded.position)"
        ]
    }

    /// GTID sets and lists in any order, with or without line breaks.
    private static func parts(_ text: String) -> Set<String> {
        Set(text.lowercased().split { ",\n ".contains($0) }.map(String.init))
    }
}
