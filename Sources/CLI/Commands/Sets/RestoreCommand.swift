import Archive
import ArgumentParser
import Glibc
import LVMBackup

struct RestoreCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a backup set to a directory.",
        discussion: """
            The target is checked before anything is written. An interrupted restore goes on when the same command is \
            run again; until it is complete no server starts on the directory.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: """
            "latest", a run id or a unique beginning of one, the path of a set, or "-" for a stream on standard input.
            """
    )
    var set: String
    @Option(help: "Directory that becomes the data directory; it may be missing.", completion: .directory)
    var to: String
    @OptionGroup var sets: SetOptions
    @Flag(help: "Accept a directory that is not empty; files that the set has are replaced, others stay.")
    var force: Bool = false
    @Flag(help: "Accept an installed server of another flavour or an older version.") var anyServer: Bool = false
    @Flag(help: "Leave the owners of files out; without root.") var noOwner: Bool = false
    @Option(
        help: ArgumentHelp(
            "Apply binary logs up to a time, a position (FILE:POS) or a GTID; with --binlogs.",
            valueName: "target"
        )
    )
    var until: String?
    @Option(
        help: ArgumentHelp(
            "Directory of the server's binary logs, from the one in which the backup ends.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var binlogs: String?
    @Option(
        help: ArgumentHelp(
            "With --until: accept this user as the owner of the data, beside mysql and mariadb.",
            valueName: "user"
        )
    )
    var serverUser: String?
    @Option(help: "Threads that read and decompress (default: one for each core).") var threads: Int?
    @Flag(help: "Say nothing but warnings and errors.") var quiet: Bool = false

    func perform() async throws -> Int32 {
        umask(0o077)
        if let request = try replayRequest() { return try await perform(request) }
        let source: Restore.Source = set == "-" ? .stream(STDIN_FILENO) : .set(try await sets.place(set))
        var restore = Restore(source, to: to)
        configure(&restore)
        let began = ContinuousClock.now
        let report = try await ProcessWide.untilSignal { [restore] in
            do { return try await restore.run() } catch { throw RestoreFailure(error, target: to).failure }
        }
        let summary = RestoreSummary(report: report, target: to, duration: ContinuousClock.now - began)
        for line in summary.warnings { write("lvmbackup: \(line.printable)\n", to: STDERR_FILENO) }
        if !quiet { for line in summary.lines { printLine(line) } }
        return 0
    }

    private func configure(_ restore: inout Restore) {
        restore.isForced = force
        restore.acceptsAnyServer = anyServer
        restore.keepsOwners = !noOwner
        restore.threads = threads
    }

    // MARK: A point in time

    private struct ReplayRequest {
        var target: String
        var logs: String
    }

    /// - Throws: `ValidationError` for options that do not go together.
    private func replayRequest() throws -> ReplayRequest? {
        guard until != nil || binlogs != nil else { return nil }
        guard let until, let binlogs else { throw ValidationError("--until and --binlogs need each other") }
        guard set != "-" else { throw ValidationError("a stream cannot be restored to a point in time") }
        guard !noOwner else { throw ValidationError("--until needs the owner of the data: leave --no-owner out") }
        return ReplayRequest(target: until, logs: binlogs)
    }

    private func perform(_ request: ReplayRequest) async throws -> Int32 {
        let namespace = try ProcessWide.isolate()
        let place = try await sets.place(set)
        var restore = Restore(.set(place), to: to)
        configure(&restore)
        var work = try PointInTimeRestore(
            restore,
            of: place,
            until: request.target,
            logs: request.logs,
            configuration: try sets.configuration(),
            guardian: GuardianLauncher(namespace: namespace)
        )
        work.serverUser = serverUser
        let began = ContinuousClock.now
        let ending = try await ProcessWide.untilSignal { [work] in await work.run() }
        OpeningEnd.tell(ending.leaked)
        let report: PointInTimeRestore.Report
        do { report = try ending.result.get() } catch { throw RestoreFailure(error, target: to).failure }
        let summary = RestoreSummary(
            report: report.restored,
            target: to,
            duration: ContinuousClock.now - began,
            replay: report
        )
        for line in summary.warnings { write("lvmbackup: \(line.printable)\n", to: STDERR_FILENO) }
        if !quiet { for line in summary.lines { printLine(line) } }
        return ending.leaked.isEmpty ? 0 : 2
    }
}

/// Why a restore failed, and what it left.
struct RestoreFailure {
    let failure: Failure

    init(_ error: any Error, target: String) {
        var failure = Failure(error)
        if error is CancellationError { failure = Failure(.cancelled, "the restore was interrupted by a signal") }
        if case ReadError.refusedTarget = error {
            self.failure = failure
            return
        }
        // A target that cannot be read shows no marker; the first error is the one to tell. Without a marker the target
        // holds nothing of this restore.
        if let unfinished = try? RestoreJob.unfinished(in: target) {
            let advice =
                RestoreJob.isReplay(unfinished)
                ? "the data in \"\(target)\" is between the backup and the target; remove its content, and restore again"
                : "the directory \"\(target)\" is incomplete and no server starts on it; run the same command again to go on, or remove its content"
            failure.advice = failure.advice.map { "\($0)\n\(advice)" } ?? advice
        }
        self.failure = failure
    }
}

/// The last words of a restore.
struct RestoreSummary {
    let report: RestoreReport
    let target: String
    let duration: Duration
    /// Nil where no binary logs were applied.
    var replay: PointInTimeRestore.Report?

    var warnings: [String] {
        var lines = report.leftOut.map { "left out \"\($0.name)\": \($0.reason)" }
        if report.leftOutCount > report.leftOut.count {
            lines.append("left out \(report.leftOutCount - report.leftOut.count) more")
        }
        if !report.isChecked { lines.append("the archive came without an index: its content has no checksums") }
        if !report.isChecked, report.manifest == nil {
            lines.append("the archive has no manifest: if \"lvmbackup -\" wrote it, its run failed")
        }
        if let replay, !replay.isReached {
            let last = replay.time.map(SetLine.local) ?? "before the backup"
            lines.append("the binary logs end before the target: their last transaction is of \(last)")
        }
        return lines
    }

    var lines: [String] {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        let time = "\((seconds * 10).rounded() / 10) s"
        var lines = ["restored \(report.files) files, \(report.bytes.asSize), to \"\(target)\" in \(time)"]
        if report.kept > 0 { lines.append("\(report.kept) of them had been restored before the interruption") }
        if let replay {
            lines.append("applied \(replay.transactions) transactions, up to \(replay.position)")
            if let gtid = replay.gtid { lines.append("last transaction: GTID \(gtid)") }
        } else if let coordinates = report.manifest?.coordinates {
            if let binlog = coordinates.binlog { lines.append("binary log: \(binlog.file):\(binlog.position)") }
            if let gtid = coordinates.gtid, !gtid.isEmpty { lines.append("GTID: \(gtid)") }
        }
        return lines + nextCommands
    }

    private var nextCommands: [String] {
        var lines = ["next:"]
        for path in report.manifest?.archive?.outside ?? [] {
            lines.append(
                "  move \"\(target)/.lvmbackup/outside\(path)\" to \"\(path)\": the data directory refers to it"
            )
        }
        let unit = report.manifest?.server?.flavour == "mariadb" ? "mariadb" : "mysql"
        lines.append("  systemctl stop \(unit); give \"\(target)\" the place of the data directory, or set \"datadir\"")
        lines.append("  where AppArmor or SELinux is used: allow the directory, or run restorecon -R \"\(target)\"")
        lines.append("  systemctl start \(unit)")
        // Behind applied logs the recorded position does not fit any more.
        if replay == nil, let statement = report.manifest?.coordinates?.statement {
            lines.append("  to replicate: \(statement)")
        }
        return lines
    }
}
