package import Archive
package import Lifecycle
package import MySQL

/// The data of a backup set in scratch space, for as long as some work takes.
package struct RestoredData: Sendable {
    package let manifest: Manifest
    /// The server that was backed up.
    package let recorded: Server
    /// The data directory as this process sees it.
    package let path: String
    /// The run's id, by which processes are marked.
    package let run: String
    /// The program of the server; nil for the installed one.
    let executable: String?
    let acceptedUser: UInt32?
    let record: RunFile
    let scope: ReleaseScope

    /// Whether a server has shut down on the data in order before it was archived.
    package var isRecovered: Bool { manifest.recovery?.clean ?? false }

    /// Starts a private server on the data. It is ended with the work at the latest.
    ///
    /// - Parameter isWritable: whether clients may change the data.
    /// - Throws: `MySQLError`, `HostError`, `CancellationError`.
    package func start(isWritable: Bool) async throws -> PrivateServer {
        var plan = PrivateServer.Plan(run: run, data: path, server: recorded)
        plan.outside = manifest.archive?.outside ?? []
        plan.isRecovered = isRecovered
        plan.isWritable = isWritable
        plan.executable = executable
        plan.acceptedUser = acceptedUser
        plan.intend = { [record] in try record.intend($0, only: nil) }
        let server = try await PrivateServer.start(plan)
        scope.add(Release("private server", repair: "kill \(server.pid)") { try await server.end() })
        return server
    }
}
