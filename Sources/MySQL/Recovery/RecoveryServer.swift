import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// A private server on the copy: started, waited for, asked, and shut down in good order.
final class RecoveryServer: Sendable {
    /// The program to start, and its account.
    struct Plan: Sendable {
        let executable: ServerExecutable
        let account: ServerAccount
        let directory: RecoveryDirectory
        let files: RecoveryFiles
        /// Nil for the caller's mounts and root directory.
        let namespace: NamespaceCopy?
        let run: String
        let limit: Duration
    }

    private let plan: Plan
    private let process: IsolatedProcess
    private let deadline: ContinuousClock.Instant

    /// - Throws: `HostError`.
    static func start(_ plan: Plan) async throws -> RecoveryServer {
        var child = IsolatedProcess.Plan(
            plan.executable.path,
            ["--defaults-file=" + plan.directory.optionFile]
        )
        child.program = plan.executable.file
        child.environment = RunProcesses.mark(plan.run)
        // For a script in the place of the server: no other directory is writable.
        child.environment["TMPDIR"] = plan.directory.own + "/tmp"
        child.namespace = plan.namespace
        child.output = plan.files.console
        child.workingDirectory = "/"
        child.user = plan.account.user
        if let gate = plan.files.gate { child.user?.groups.append(gate) }
        child.niceness = 10
        child.isConfined = true
        let process = try await SerialThread.once(name: "spawn") { [child] in try IsolatedProcess(child) }
        return RecoveryServer(plan, process)
    }

    private init(_ plan: Plan, _ process: IsolatedProcess) {
        self.plan = plan
        self.process = process
        deadline = .now + plan.limit
    }

    var pid: Int32 { process.pid }

    /// Waits until the server says that it is ready.
    ///
    /// - Throws: ``MySQLError/recovery(reason:lines:log:)``, `HostError`, `CancellationError`.
    func awaitReady() async throws {
        while try !RecoveryLog(plan.files.readLog()).isReady {
            if let status = process.status { throw failure("the server \(status) before it was ready") }
            if ContinuousClock.now > deadline { throw failure("the server was not ready in time") }
            if try plan.files.isLogTooLong { throw failure("the server keeps logging errors") }
            try await Task.sleep(for: .milliseconds(100))
        }
        try await SerialThread.once(name: "socket") { [self] in try takeSocket() }
    }

    /// Makes the server's socket root's, and gives it a name in root's directory.
    ///
    /// A process of the server's user that has the server's groups, such as one that the server has started, cannot
    /// connect from now on.
    private func takeSocket() throws {
        let socket = try HeldSocket(RecoveryFiles.socket, in: plan.files.server)
        guard try isOwn(socket.listener().pid) else { throw failure("another process listens on its socket") }
        try socket.setOwner(uid: geteuid(), gid: getegid(), mode: 0o600)
        try socket.addName(RecoveryFiles.socket, in: plan.files.client)
    }

    /// Whether a process is the server.
    ///
    /// A program that the operator names may be a script, which starts the server as its child.
    private func isOwn(_ process: Int32) throws -> Bool { try ProcessTable().group(of: process) == pid }

    /// Lets clients of another user in; blocks.
    ///
    /// - Parameter group: of no account.
    /// - Throws: `HostError`.
    func admit(group: UInt32) throws {
        let socket = try HeldSocket(RecoveryFiles.socket, in: plan.files.client)
        try socket.setOwner(uid: geteuid(), gid: group, mode: 0o660)
        try plan.files.client.setOwner(uid: geteuid(), gid: group)
        try plan.files.client.setMode(0o710)
    }

    /// A session to it; there are no accounts.
    ///
    /// - Throws: ``MySQLError``, `HostError`.
    func openSession() async throws -> Session {
        let socket = try HeldSocket(RecoveryFiles.socket, in: plan.files.client)
        let session = try await Session.open(
            ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: socket.path)
        )
        withExtendedLifetime(socket) {}
        guard let end = session.socket, case .local(let peer) = SessionPeer(socket: end),
            try isOwn(peer)
        else {
            session.cut()
            throw failure("another process answers on its socket")
        }
        return session
    }

    /// Asks the server to shut down, and reads in its log whether that succeeded.
    ///
    /// - Throws: ``MySQLError/recovery(reason:lines:log:)``, `HostError`.
    func shutDown() async throws {
        process.signal(SIGTERM)
        guard let status = await process.wait(limit: max(deadline - .now, .seconds(60))) else {
            throw failure("the server did not shut down in time")
        }
        guard status == .exited(0) else { throw failure("the server \(status)") }
        let log = RecoveryLog(try plan.files.readLog())
        guard try !plan.files.isLogTooLong else { throw failure("its log is too long to be read") }
        guard log.isClean else { throw failure("its log tells of errors, or of no orderly shutdown") }
    }

    /// Ends it at once.
    func terminate(grace: Duration = .seconds(20)) async { await process.terminate(grace: grace) }

    private func failure(_ reason: String) -> MySQLError {
        // A log that cannot be read adds no lines to the reason.
        let lines = RecoveryLog((try? plan.files.readLog()) ?? "").tellingLines
        return .recovery(reason: reason, lines: lines, log: plan.directory.log)
    }
}
