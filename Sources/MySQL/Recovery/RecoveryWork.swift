internal import Faults
import Host
import Lifecycle

/// One recovery, from reading the copy's logs to putting back the files that the server changed beside the data.
struct RecoveryWork: Sendable {
    let run: Run
    let options: MySQLOptions
    let copy: RecoverableCopy
    /// Asks the server other questions than its coordinates: the copy was recovered before.
    var inspect: (@Sendable (Session) async throws -> Void)?

    /// The facts about the copy, and the files made, before the server starts.
    private struct Preparation: Sendable {
        var directory: RecoveryDirectory
        let files: RecoveryFiles
        let executable: ServerExecutable
        let account: ServerAccount
        /// Copies of key files over the live ones.
        let keys: [NamespaceCopy.Cover]
        let binlog: CopiedBinlog?
        /// The names of the copy's own logs.
        let logs: Set<String>
        /// The end of the copy's logs, where it is needed.
        let copied: CopiedBinlog.Ending?
        /// Between the server's position and the copy's logs.
        let difference: String?
        let preserved: PreservedFiles
    }

    /// - Throws: ``MySQLError``, `HostError`, `CancellationError`.
    func perform() async throws -> Recovery {
        let coordinates = CopiedCoordinates(run: run, reading: copy.reading)
        let thread = SerialThread(name: "recovery")
        var ready = try await thread.run { [self] in try prepare(coordinates) }
        let mounts = RecoveryMounts(copy: copy, files: ready.files, keys: ready.keys)
        let namespace = try await mounts.make(&ready.directory)
        if !namespace.isReadOnly { run.note("other volumes are writable for the recovery server before Linux 5.12") }
        let answers = try await serve(ready, namespace, coordinates)
        let finished = try await thread.run { [ready] in try finish(ready) }
        let act = inspect == nil ? "recovered" : "looked at by a private server"
        run.note("the copy was \(act) and shut down in good order")
        return Recovery(
            clean: true,
            coordinates: coordinates.complete(
                ready.copied,
                with: answers,
                finished: finished,
                difference: ready.difference
            ),
            log: ready.directory.log
        )
    }

    private func prepare(_ coordinates: CopiedCoordinates) throws -> Preparation {
        let executable = try ServerExecutable(options.serverExecutable, of: copy.reading)
        let account = try copy.account()
        let binlog = try copy.binlog()
        let copied = try CopiedCoordinates.isNeeded(by: run.lock) ? binlog?.ending() : nil
        let difference = try binlog.flatMap(coordinates.compare)
        let preserved = try copy.preserve(binlog, end: copied?.coordinates.binlog)
        let (directory, files) = try makeDirectory(account)
        return Preparation(
            directory: directory,
            files: files,
            executable: executable,
            account: account,
            keys: try KeyFileCopies(copy: copy).make(in: files.closed, for: account),
            binlog: binlog,
            logs: Set(try binlog?.files() ?? []),
            copied: copied,
            difference: difference,
            preserved: preserved
        )
    }

    private func makeDirectory(_ account: ServerAccount) throws -> (RecoveryDirectory, RecoveryFiles) {
        let directory = RecoveryDirectory(of: run.id, in: options.runtimeDirectory)
        try run.intend(directory.undo, for: .scratchDirectory)
        run.undo(Release("recovery directory", repair: "rm -r \(directory.path)") { try directory.remove() })
        return (directory, try directory.create(for: account))
    }

    /// Ends strangers that would keep the copy busy, and puts back files that are not data.
    ///
    /// - Returns: the statements that the recovery server logged by itself, in logs that are removed with its other
    ///   files.
    private func finish(_ ready: Preparation) throws -> FinishedStatements {
        for holder in try Intruders(at: copy.paths.mount.mountPoint)?.end() ?? [] {
            run.warn("\(holder), was ended: the copy is the run's alone")
        }
        var finished = ready.copied == nil ? nil : try ready.binlog?.finished(besides: ready.logs)
        if finished != nil { finished?.left = try copy.unfinishedTables() }
        try ready.preserved.restore()
        try ready.files.finishLog(FileName(FilePath.name(of: ready.directory.log)))
        return finished ?? FinishedStatements()
    }

    /// Starts the server, asks it, and stops it; it is gone when this returns.
    private func serve(
        _ ready: Preparation,
        _ namespace: NamespaceCopy,
        _ coordinates: CopiedCoordinates
    ) async throws -> CopiedCoordinates.Answers? {
        try ready.files.write(optionFile(ready), to: FileName(RecoveryFiles.options))
        let plan = RecoveryServer.Plan(
            executable: ready.executable,
            account: ready.account,
            directory: ready.directory,
            files: ready.files,
            namespace: namespace,
            run: run.id,
            limit: options.recoveryTimeout
        )
        do {
            let server = try await RecoveryServer.start(plan)
            do { return try await converse(server, coordinates) } catch {
                await server.terminate()
                throw error
            }
        } catch let error as MySQLError {
            throw keepingLog(error, ready.files)
        }
    }

    private func optionFile(_ ready: Preparation) -> String {
        RecoveryOptionFile(
            directory: ready.directory,
            identity: copy.reading.identity,
            variables: copy.reading.variables,
            plugins: copy.reading.plugins,
            runsAsRoot: ready.account.uid == 0
        ).text
    }

    private func converse(
        _ server: RecoveryServer,
        _ coordinates: CopiedCoordinates
    ) async throws -> CopiedCoordinates.Answers? {
        try await server.awaitReady()
        try await Faults.pass("step/recover", .middle)
        try OriginGuard(paths: copy.paths).check(pid: server.pid)
        var answers: CopiedCoordinates.Answers?
        if let inspect {
            let session = try await server.openSession()
            try await inspect(session)
            try await session.close()
        } else if coordinates.asks(about: run.lock) {
            let session = try await server.openSession()
            answers = try await coordinates.ask(session)
            try await session.close()
        }
        try await server.shutDown()
        return answers
    }

    /// The log outlives the run's own directory.
    private func keepingLog(_ error: MySQLError, _ files: RecoveryFiles) -> MySQLError {
        guard case .recovery(let reason, let lines, _) = error,
            let kept = files.keepLog(in: options.logDirectory, name: "recovery-\(run.id).log")
        else { return error }
        return .recovery(reason: reason, lines: lines, log: kept)
    }
}
