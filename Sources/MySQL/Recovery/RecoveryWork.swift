internal import Faults
import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// One recovery, from reading the copy's logs to putting back what the server changed beside the data.
struct RecoveryWork: Sendable {
    let run: Run
    let options: MySQLOptions
    let copy: RecoverableCopy

    /// What is known of the copy, and made, before the server starts.
    private struct Preparation: Sendable {
        let directory: RecoveryDirectory
        /// Copies of key files over the live ones.
        let keys: [Bind]
        let binlog: CopiedBinlog?
        /// The names of the copy's own logs.
        let logs: Set<String>
        /// What the copy's newest log ends with, where that is needed.
        let copied: Coordinates?
        let preserved: PreservedFiles
    }

    /// - Throws: ``MySQLError``, `HostError`, `CancellationError`.
    func perform() async throws -> Recovery {
        let coordinates = CopiedCoordinates(run: run, reading: copy.reading)
        let files = SerialThread(name: "recovery")
        let ready = try await files.run { [self] in try prepare(coordinates) }
        let answers = try await serve(ready, coordinates)
        // The recovery server's own logs go with the rest of its files.
        let finished = try await files.run {
            ready.copied == nil ? nil : try ready.binlog?.finished(besides: ready.logs)
        }
        try await files.run { try ready.preserved.restore() }
        run.note("the copy was recovered and shut down in good order")
        return Recovery(
            clean: true,
            coordinates: coordinates.complete(ready.copied, with: answers, finished: finished ?? FinishedStatements()),
            log: ready.directory.log
        )
    }

    private func prepare(_ coordinates: CopiedCoordinates) throws -> Preparation {
        let binlog = try copy.binlog()
        let copied = try coordinates.isNeeded(by: run.lock) ? binlog?.coordinates() : nil
        if let binlog { try coordinates.compare(with: binlog) }
        let directory = try prepareDirectory()
        let held = try HeldDirectory(directory.path)
        return Preparation(
            directory: directory,
            keys: try KeyFileCopies(copy: copy).make(in: held, for: try copy.owner()),
            binlog: binlog,
            logs: Set(try binlog?.files() ?? []),
            copied: copied,
            preserved: try copy.preserve(binlog, end: copied?.binlog)
        )
    }

    /// Starts the server, asks it, and stops it; it is gone when this returns.
    private func serve(
        _ ready: Preparation,
        _ coordinates: CopiedCoordinates
    ) async throws -> CopiedCoordinates.Answers? {
        let executable = Self.executable(options, copy.reading)
        do {
            let server = try await RecoveryServer.start(
                executable,
                in: ready.directory,
                as: try copy.owner(),
                over: copy.paths,
                keys: ready.keys,
                for: run.id,
                limit: options.recoveryTimeout
            )
            do { return try await converse(server, coordinates) } catch {
                await server.terminate()
                throw error
            }
        } catch let error as MySQLError {
            throw keepingLog(error, ready.directory)
        }
    }

    private func converse(
        _ server: RecoveryServer,
        _ coordinates: CopiedCoordinates
    ) async throws -> CopiedCoordinates.Answers? {
        try await server.awaitReady()
        try await Faults.pass("step/recover", .middle)
        try OriginGuard(paths: copy.paths).check(pid: server.pid)
        var answers: CopiedCoordinates.Answers?
        if coordinates.asks(about: run.lock) {
            let session = try await server.openSession()
            answers = try await coordinates.ask(session)
            try await session.close()
        }
        try await server.shutDown()
        return answers
    }

    private func prepareDirectory() throws -> RecoveryDirectory {
        let user = try copy.owner()
        let directory = RecoveryDirectory(of: run.id, in: options.runtimeDirectory)
        try run.intend(directory.undo)
        run.undo(Release("recovery directory", repair: "rm -r \(directory.path)") { try directory.remove() })
        try directory.create(uid: user?.uid ?? getuid(), gid: user?.gid ?? getgid())
        let file = RecoveryOptionFile(
            directory: directory,
            identity: copy.reading.identity,
            variables: copy.reading.variables,
            plugins: copy.reading.plugins,
            runsAsRoot: user == nil && getuid() == 0
        )
        try FileBytes.create(directory.optionFile, file.text)
        guard chown(directory.optionFile, user?.uid ?? getuid(), user?.gid ?? getgid()) == 0 else {
            throw MySQLError.last("chown", directory.optionFile)
        }
        return directory
    }

    /// The log outlives the run's own directory.
    private func keepingLog(_ error: MySQLError, _ directory: RecoveryDirectory) -> MySQLError {
        guard case .recovery(let reason, let lines, _) = error,
            let kept = directory.keepLog(in: options.logDirectory, name: "recovery-\(run.id).log")
        else { return error }
        return .recovery(reason: reason, lines: lines, log: kept)
    }

    /// The live server's own executable: the copy is upgraded by no other release.
    static func executable(_ options: MySQLOptions, _ reading: ServerReading) -> String {
        if let executable = options.serverExecutable { return executable }
        if let pid = reading.process?.pid, let path = ProcessTable().executable(of: pid) {
            // An upgraded package has replaced the file, but the process keeps the old one.
            return FileBytes.exists(path) ? path : "/proc/\(pid)/exe"
        }
        return reading.identity.isMariaDB ? "mariadbd" : "mysqld"
    }
}
