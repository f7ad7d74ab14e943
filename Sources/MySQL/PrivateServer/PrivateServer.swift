import Host
package import Lifecycle

/// A private server on a data directory that no other server uses: a restored set, or a copy of a snapshot.
///
/// It has no network, no accounts, no replication and no event scheduler, and it runs as the owner of the data. In its
/// own mount namespace the data lies over the recorded data directory: paths in the data do not lead to the live server.
package final class PrivateServer: Sendable {
    /// The settings of a private server.
    package struct Plan: Sendable {
        /// Marks the server's process, and names its private directory.
        package var run: String
        /// The data directory as this process sees it.
        package var data: String
        /// Product, version text, data directory, settings and plug-ins of the server that was backed up.
        package var server: Server
        package var outside = OutsideData.none
        /// Whether the server has shut down in order on the data.
        ///
        /// If not, its binary log decides about prepared transactions.
        package var isRecovered = true
        /// Whether clients may change the data.
        package var isWritable = false
        /// An account as which the server may run beside "mysql" and "mariadb".
        package var acceptedUser: UInt32?
        /// The program of the server; nil for the installed one.
        package var executable: String?
        package var runtimeDirectory = "/run"
        package var logDirectory = "/var/log/lvmbackup"
        /// How long the server may take until it is ready.
        package var limit = Duration.seconds(3600)
        /// Gets the undo of each thing before the thing is made.
        package var intend: @Sendable (RecordedUndo) throws -> Void = { _ in }

        package init(run: String, data: String, server: Server) {
            self.run = run
            self.data = data
            self.server = server
        }
    }

    let plan: Plan
    private let directory: RecoveryDirectory
    private let files: RecoveryFiles
    private let server: RecoveryServer
    package let isMariaDB: Bool

    /// Starts the server and waits until it is ready.
    ///
    /// After an error it is removed completely.
    ///
    /// - Throws: ``MySQLError``, `HostError`, `CancellationError`.
    package static func start(_ plan: Plan) async throws -> PrivateServer {
        let place = try await SerialThread.once(name: "server") { try PrivateServerPlace(plan) }
        do {
            let namespace = try await NamespaceCopy.make(of: nil, without: nil, covers: place.covers)
            let server = try await RecoveryServer.start(place.plan(in: namespace))
            let started = PrivateServer(plan, place, server)
            do { try await server.awaitReady() } catch {
                await server.terminate()
                throw started.explained(error)
            }
            return started
        } catch {
            // The first error is the one to report; a remaining directory is in the record.
            try? place.directory.remove()
            throw error
        }
    }

    private init(_ plan: Plan, _ place: PrivateServerPlace, _ server: RecoveryServer) {
        self.plan = plan
        self.directory = place.directory
        self.files = place.files
        self.server = server
        isMariaDB = place.identity.isMariaDB
    }

    /// The server's socket, which root alone can reach.
    package var socket: String { directory.clientSocket }

    /// The directory of an option file for client programs.
    var clientHome: String { directory.clientHome }

    /// The group of the server's account.
    var group: UInt32 { files.gid }

    /// Lets programs of a user of no account reach the server; blocks.
    ///
    /// - Throws: `HostError`.
    func admit(_ user: Command.User) throws { try server.admit(group: user.gid) }

    package var pid: Int32 { server.pid }

    /// A session with all rights.
    ///
    /// - Throws: ``MySQLError``, `HostError`.
    package func openSession() async throws -> Session { try await server.openSession() }

    /// Shuts the server down, and removes its files.
    ///
    /// - Throws: ``MySQLError/privateServer(reason:lines:log:)`` where its log tells of errors or of no orderly shutdown;
    ///   `HostError`.
    package func shutDown() async throws {
        do { try await server.shutDown() } catch {
            await server.terminate()
            let failure = explained(error)
            // The first error is the one to report; a remaining directory is in the record.
            try? directory.remove()
            throw failure
        }
        try directory.remove()
    }

    /// Ends the server at once, and removes its files: its data is of no use afterwards.
    ///
    /// - Throws: `HostError`.
    package func end() async throws {
        await server.terminate(grace: .zero)
        try directory.remove()
    }

    /// The log outlives the server's directory.
    private func explained(_ error: any Error) -> any Error {
        guard case MySQLError.recovery(let reason, let lines, let log) = error else { return error }
        let kept = files.keepLog(in: plan.logDirectory, name: "private-server-\(plan.run).log")
        return MySQLError.privateServer(reason: reason, lines: lines, log: kept ?? log)
    }
}
