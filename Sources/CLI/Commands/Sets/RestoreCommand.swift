import Archive
import ArgumentParser
import Glibc
import LVMBackup
import Logging

struct RestoreCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a backup set to a directory.",
        discussion: """
            The target is checked before anything is written. An interrupted restore goes on when the same command is \
            run again; until it is complete no server starts on the directory.

              lvmbackup restore latest --from /backups --to /var/lib/mysql.new
              lvmbackup restore latest --from /backups --to /srv/part --only shop/
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: """
            "latest" (the newest good set), a run id or a unique beginning of one, the path of a set, or "-" for a stream on \
            standard input.
            """,
        completion: LiveCompletion.sets
    )
    var set: String
    @Option(
        help: ArgumentHelp(
            "Directory that becomes the data directory: an empty one, or one to be made.",
            valueName: "directory"
        ),
        completion: .directory
    )
    var to: String?
    @Option(
        help: ArgumentHelp(
            "In place of --to: a new volume, which is made with a file system on it. Where the restore fails it is removed.",
            valueName: "group/name"
        )
    )
    var toVolume: String?
    @Option(help: "With --to-volume: its size, such as 20G or 50%FREE (default: that of the backed-up volume).")
    var size: String?
    @Option(
        help: ArgumentHelp(
            "With --to-volume: its file system, xfs or ext4 (default: that of the backed-up volume).",
            valueName: "type"
        )
    )
    var mkfs: String?
    @OptionGroup var sets: SetOptions
    @Flag(help: "Accept a directory that is not empty; files that the set has are replaced, others stay.")
    var force: Bool = false
    @Flag(help: "Accept an installed server of another flavour or an older version.") var anyServer: Bool = false
    @Flag(help: "Leave the owners of files out: only root can set them.") var noOwner: Bool = false
    @Option(
        help: ArgumentHelp(
            "Restore only members that match, such as shop/ or shop/orders.*; may be repeated. No server starts on the result.",
            valueName: "pattern"
        )
    )
    var only: [String] = []
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
    @Option(
        help: ArgumentHelp("Threads that read and decompress (default: one for each core).", valueName: "number")
    )
    var threads: Int?
    @OptionGroup(title: "Report options") var report: ReportOptions
    @OptionGroup(title: "Hook options") var hooks: HookOptions

    func perform() async throws -> Int32 {
        umask(0o077)
        let settings = try sets.settings(under: report, hooks)
        let configuration = try settings.configuration()
        let output = try Output(settings: settings, traces: report.trace, systemLevel: .notice)
        let request = try replayRequest()
        try checkVolumeOptions()
        let namespace = request == nil && toVolume == nil ? nil : try ProcessWide.isolate()
        let work = try await work(request, configuration)
        var run = RestoreRun(work, configuration: configuration, guardian: GuardianLauncher(namespace: namespace))
        run.timeout = try report.limit()
        try await hooks.load(into: &run.hooks, configuration)
        output.subscribe(to: &run.hooks.table)
        let began = ContinuousClock.now
        let (outcome, restored) = try await ProcessWide.untilSignal { [run] in await run.run() }
        if let restored {
            RestoreSummary(
                report: restored.restored,
                target: work.restore.target,
                isVolume: toVolume != nil,
                duration: .now - began,
                replay: restored.replay
            )
            .tell(output, isQuiet: settings.flag(.quiet) ?? false)
        }
        output.conclude(outcome)
        return outcome.exitStatus
    }

    private func work(_ request: ReplayRequest?, _ configuration: Configuration) async throws -> RestoreRun.Work {
        let source: Restore.Source = set == "-" ? .stream(STDIN_FILENO) : .set(try await sets.place(set))
        var restore = Restore(source, to: to ?? "")
        restore.isForced = force
        restore.only = try patterns()
        restore.acceptsAnyServer = anyServer
        restore.keepsOwners = !noOwner
        restore.threads = threads
        if let toVolume, case .set(let place) = source {
            let work = try VolumeRestore(
                restore,
                of: place,
                to: toVolume,
                size: size,
                fileSystem: mkfs,
                configuration: configuration
            )
            return .toVolume(work)
        }
        guard let request, case .set(let place) = source else { return .plain(restore) }
        var work = try PointInTimeRestore(
            restore,
            of: place,
            until: request.target,
            logs: request.logs,
            configuration: configuration
        )
        work.serverUser = serverUser
        return .pointInTime(work)
    }

    /// - Throws: `ValidationError` for options that do not go together; ``ArchiveError`` for a pattern that is none.
    private func patterns() throws -> MemberPatterns? {
        guard !only.isEmpty else { return nil }
        guard set != "-" else {
            throw ValidationError("--only needs a set: the members of a stream are not known beforehand")
        }
        guard until == nil else {
            throw ValidationError("--only and --until exclude each other: the logs need all data")
        }
        guard !force else { throw ValidationError("--only needs an empty directory: leave --force out") }
        return try MemberPatterns(only)
    }

    /// - Throws: `ValidationError` for options that do not go together.
    private func checkVolumeOptions() throws {
        guard toVolume != nil else {
            guard to != nil else { throw ValidationError("--to or --to-volume is missing") }
            guard size == nil, mkfs == nil else { throw ValidationError("--size and --mkfs need --to-volume") }
            return
        }
        guard to == nil else { throw ValidationError("--to and --to-volume exclude each other") }
        guard set != "-" else { throw ValidationError("--to-volume needs a set: the size of a stream is not known") }
        guard only.isEmpty, until == nil, !force, !noOwner else {
            throw ValidationError("--to-volume excludes --only, --until, --force and --no-owner")
        }
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
}
