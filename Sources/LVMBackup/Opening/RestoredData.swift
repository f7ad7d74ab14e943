package import Archive
import Host
package import Lifecycle
package import MySQL

/// The data of a backup set, restored or mounted, for as long as some work takes.
package struct RestoredData: Sendable {
    package let manifest: Manifest
    /// The server that was backed up.
    package let recorded: Server
    /// The data directory as this process sees it.
    package internal(set) var path: String
    /// The run's id, by which processes are marked.
    package let run: String
    /// The program of the server; nil for the installed one.
    let executable: String?
    let acceptedUser: UInt32?
    let record: RunFile
    let scope: ReleaseScope
    /// Data outside the data directory.
    var outside = OutsideData.none
    /// Throws where the data has become worthless meanwhile.
    var check: @Sendable () async throws -> Void = {}

    /// Whether a server has shut down on the data in order before it was archived.
    package var isRecovered: Bool { manifest.recovery?.clean ?? false }

    /// Starts a private server on the data.
    ///
    /// It is ended with the work at the latest.
    ///
    /// - Parameter isWritable: whether clients may change the data.
    /// - Throws: `MySQLError`, `HostError`, `CancellationError`.
    package func start(isWritable: Bool) async throws -> PrivateServer {
        var plan = PrivateServer.Plan(run: run, data: path, server: recorded)
        plan.outside = outside
        plan.isRecovered = isRecovered
        plan.isWritable = isWritable
        plan.executable = executable
        plan.acceptedUser = acceptedUser
        plan.intend = record.intend
        let server = try await PrivateServer.start(plan)
        scope.add(Release("private server", repair: "kill \(server.pid)") { try await server.end() })
        return server
    }
}

extension OutsideData {
    /// Of a restored archive.
    ///
    /// - Parameter top: the directory that has `.lvmbackup`; blocks.
    /// - Throws: `HostError`
    init(of manifest: Manifest, in top: HeldDirectory) throws {
        let place: FileName = ".lvmbackup/outside"
        guard let paths = manifest.archive?.outside, !paths.isEmpty, try top.status(of: place) != nil else {
            self = .none
            return
        }
        self = .tree(try top.directory(place), paths: paths)
    }
}
