import Archive
import ArgumentParser
import Glibc
import LVMBackup
import Logging

/// The outputs of a run: the log, syslog, JSON lines, the progress bar, and the summary.
struct Output: Sendable {
    let console = Console()
    private let logger: Logger
    private let isJSON: Bool
    private let showsBar: Bool
    private let showsSummary: Bool
    /// Whether the log leaves out the facts of the summary.
    private let isBrief: Bool
    private let facts = RunFacts()
    private let systemLog: SystemLog?
    /// The journal, where it gets the log beside standard error.
    private let journal: Journal?
    private let journalLevel: Logger.Level
    private let trace: HookTrace?
    private let metrics: MetricsFile?
    private let status = ServiceStatus()
    private let terminal = Writer(name: "terminal")
    private let began = ContinuousClock.now

    /// - Parameters:
    ///   - isStream: whether the run writes an archive to standard output.
    ///   - traces: whether the last words show which hooks were asked.
    ///   - metrics: the file that gets the figures of the run.
    ///   - systemLevel: of the system's log, where the settings name none.
    /// - Throws: `ValidationError` or `Failure` for a wish that cannot be met.
    init(
        settings: Settings,
        isStream: Bool = false,
        traces: Bool = false,
        metrics: MetricsFile? = nil,
        systemLevel: Logger.Level = .info
    ) throws {
        self.metrics = metrics
        trace = traces ? HookTrace() : nil
        isJSON = settings.flag(.json) ?? false
        let isQuiet = settings.flag(.quiet) ?? false
        showsBar = console.isTerminal && !isQuiet
        if isStream { try Self.checkStream(isJSON: isJSON) }
        let level = try Self.level(settings)
        let usualLevel: Logger.Level = isQuiet ? .warning : .notice
        let handler = Self.handler(console, level ?? usualLevel)
        isBrief = level == nil
        showsSummary = (level ?? usualLevel) <= .notice
        let logLevel = level ?? (isQuiet ? .warning : systemLevel)
        systemLog = settings.flag(.syslog) == true ? SystemLog(level: logLevel) : nil
        journal = settings.flag(.journal) == true && console.journal == nil ? try Self.openJournal() : nil
        journalLevel = logLevel
        logger = Logger(label: "lvmbackup") { _ in handler }
    }

    /// Whether the answer of a command is printed for people on standard output.
    var isForPeople: Bool { !isJSON }

    /// The subscribers of a run.
    func subscribe(to run: inout HookTable) {
        run.trace = trace
        let log = EventLog(logger: logger, isBrief: isBrief)
        let bar = showsBar ? ProgressBar(console: console) : nil
        run.on { [terminal, console] event in
            await terminal.write {
                console.journal?.note(event)
                log.hear(event)
                bar?.hear(event)
            }
        }
        if let metrics { run.on { event in metrics.hear(event) } }
        if let status { run.on { event in status.hear(event) } }
        if let systemLog {
            let log = EventLog(logger: Logger(label: "lvmbackup") { _ in systemLog })
            let lines = Writer(name: "syslog")
            run.on { event in await lines.write { log.hear(event) } }
        }
        if let journal {
            let handler = JournalLog(journal: journal, level: journalLevel)
            let log = EventLog(logger: Logger(label: "lvmbackup") { _ in handler })
            let lines = Writer(name: "journal")
            run.on { event in
                await lines.write {
                    journal.note(event)
                    log.hear(event)
                }
            }
        }
        if isJSON {
            let lines = Writer(name: "json")
            run.on { event in await lines.write { printJSON(event) } }
        }
        run.on { [facts] in facts.hear($0) }
    }

    /// Whether lines have fields.
    var hasJournal: Bool { journal != nil || console.journal != nil }

    /// Learns the volume of a backup.
    func note(_ volume: Volume) {
        console.journal?.note(volume)
        journal?.note(volume)
    }

    /// Tells at once that a signal has come and is obeyed.
    ///
    /// A terminal that is stopped holds up only this.
    func interrupted(by signal: Int32) async {
        let name = [SIGINT: "SIGINT", SIGTERM: "SIGTERM", SIGHUP: "SIGHUP"][signal] ?? "signal \(signal)"
        await terminal.write { [console, status] in
            let line = "\(name): stopping; everything that this run holds is released first"
            console.line(line, .warning)
            status?.send(line)
        }
    }

    /// The last words of a backup, with its summary.
    func conclude(backup outcome: Outcome) async {
        metrics?.conclude(outcome)
        if showsSummary {
            let summary = BackupSummary(
                outcome: outcome,
                facts: facts.values,
                manifest: await Self.manifest(of: outcome.set),
                duration: .now - began
            )
            for (index, line) in summary.lines.enumerated() {
                console.line(line, index == 0 && outcome.exitStatus == 0 ? .good : .plain)
            }
        }
        conclude(outcome)
    }

    /// Nil where the set has none, or it cannot be read: the set is published all the same, and the summary shorter.
    private static func manifest(of set: BackupSet?) async -> Manifest? {
        guard let set, set.manifest != nil, let slash = set.location.lastIndex(of: "/") else { return nil }
        let place = SetPlace(
            destination: slash == set.location.startIndex ? "/" : String(set.location[..<slash]),
            name: String(set.location[set.location.index(after: slash)...])
        )
        // See above: the set counts, not its summary.
        return try? await place.hold().manifest
    }

    /// The last words.
    func conclude(_ outcome: Outcome) {
        if let trace {
            for line in TraceTree(trace.entries, timings: outcome.timings).lines { console.line(line) }
        }
        let isBad = outcome.exitStatus != 0
        for (index, line) in Summary(outcome: outcome, released: facts.values.released).lines.enumerated() {
            console.line(line, isBad && index == 0 ? .bad : .plain)
            systemLog?.say(.error, line)
            journal?.say(.error, line)
        }
    }

    private func printJSON(_ event: Event) {
        do {
            write(try event.jsonLine().printableJSON + "\n", to: STDOUT_FILENO)
        } catch {
            logger.error("an event cannot be told as JSON: \(error)")
        }
    }

    private static func handler(_ console: Console, _ level: Logger.Level) -> any LogHandler {
        guard let journal = console.journal else { return ConsoleLog(console: console, level: level) }
        return JournalLog(journal: journal, level: level)
    }

    private static func openJournal() throws -> Journal {
        guard let journal = Journal() else {
            throw Failure(.unsuitable, "no journal of systemd runs on this host", advice: "use --syslog")
        }
        return journal
    }

    private static func checkStream(isJSON: Bool) throws {
        guard !isJSON else {
            throw ValidationError("--json and \"-\" both want standard output; use one of them")
        }
        guard isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("the archive is not written to a terminal; send standard output to a file or a pipe")
        }
    }

    private static func level(_ settings: Settings) throws -> Logger.Level? {
        guard let name = settings.text(.logLevel) else { return nil }
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("\"log-level\" is unknown: \"\(name)\"; use debug, info, notice, warning or error")
        }
        return level
    }
}
