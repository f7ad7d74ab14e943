import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// A private server on the copy: started, waited for, asked, and shut down in good order.
final class RecoveryServer: Sendable {
    let directory: RecoveryDirectory
    private let process: IsolatedProcess
    private let deadline: ContinuousClock.Instant

    /// - Throws: `HostError`, ``MySQLError/originReachable(_:)``.
    static func start(
        _ executable: String,
        in directory: RecoveryDirectory,
        as user: Command.User?,
        over paths: CopyPaths,
        keys: [Bind],
        for run: String,
        limit: Duration
    ) async throws -> RecoveryServer {
        try await probe(directory, paths)
        var plan = IsolatedProcess.Plan(executable, ["--defaults-file=" + directory.optionFile])
        plan.environment = RunProcesses.mark(run)
        plan.hides = paths.ownMountPoints
        plan.binds = try paths.binds + keys
        plan.log = directory.console
        plan.workingDirectory = "/"
        plan.user = user
        plan.niceness = 10
        return RecoveryServer(directory, try await spawn(plan), deadline: .now + limit)
    }

    /// Starts something harmless the same way, to see the mounts that the server is going to have.
    private static func probe(_ directory: RecoveryDirectory, _ paths: CopyPaths) async throws {
        var plan = IsolatedProcess.Plan("cat", ["/proc/self/mountinfo"])
        plan.hides = paths.ownMountPoints
        plan.binds = try paths.binds
        plan.log = directory.probe
        let process = try await spawn(plan)
        guard await process.wait(limit: .seconds(30)) == .exited(0) else {
            await process.terminate()
            throw MySQLError.originReachable("the mounts of the recovery namespace can't be read")
        }
        try OriginGuard(paths: paths).check(MountInfo(parsing: FileBytes.read(directory.probe, count: 8 << 20)))
    }

    private static func spawn(_ plan: IsolatedProcess.Plan) async throws -> IsolatedProcess {
        try await SerialThread.once(name: "spawn") { try IsolatedProcess(plan) }
    }

    private init(_ directory: RecoveryDirectory, _ process: IsolatedProcess, deadline: ContinuousClock.Instant) {
        self.directory = directory
        self.process = process
        self.deadline = deadline
    }

    var pid: Int32 { process.pid }

    /// Waits until the server says that it is ready.
    ///
    /// - Throws: ``MySQLError/recovery(reason:lines:log:)``, `CancellationError`.
    func awaitReady() async throws {
        while !RecoveryLog(directory.readLog()).isReady {
            if let status = process.status { throw failure("the server \(status) before it was ready") }
            if ContinuousClock.now > deadline { throw failure("the server was not ready in time") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// A session to it; there are no accounts.
    ///
    /// - Throws: ``MySQLError``.
    func openSession() async throws -> Session {
        try await Session.open(ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: directory.socket))
    }

    /// Asks the server to go, and reads in its log whether all was well.
    ///
    /// - Throws: ``MySQLError/recovery(reason:lines:log:)``.
    func shutDown() async throws {
        process.signal(SIGTERM)
        guard let status = await process.wait(limit: max(deadline - .now, .seconds(60))) else {
            throw failure("the server did not go in time")
        }
        let log = RecoveryLog(directory.readLog())
        guard status == .exited(0) else { throw failure("the server \(status)") }
        guard log.isClean else { throw failure("its log tells of errors, or of no orderly shutdown") }
    }

    /// Ends it, whatever it is doing.
    func terminate() async { await process.terminate(grace: .seconds(20)) }

    private func failure(_ reason: String) -> MySQLError {
        let lines = RecoveryLog(directory.readLog()).tellingLines
        return .recovery(reason: reason, lines: lines, log: directory.log)
    }
}
