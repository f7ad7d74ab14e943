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
    private let released = ReleasedNames()
    private let systemLog: SystemLog?
    private let trace: HookTrace?

    /// - Parameters:
    ///   - isStream: whether the run writes an archive to standard output.
    ///   - traces: whether the last words show which hooks were asked.
    ///   - usualLevel: of the log, where the settings name none.
    /// - Throws: `ValidationError` for a wish that cannot be met.
    init(settings: Settings, isStream: Bool = false, traces: Bool = false, usualLevel: Logger.Level = .info) throws {
        trace = traces ? HookTrace() : nil
        isJSON = settings.flag(.json) ?? false
        let isQuiet = settings.flag(.quiet) ?? false
        showsBar = console.isTerminal && !isQuiet
        if isStream { try Self.checkStream(isJSON: isJSON) }
        let level = try Self.level(settings, usual: isQuiet ? .warning : usualLevel)
        let handler = ConsoleLog(console: console, level: level)
        let systemLog = settings.flag(.syslog) == true ? SystemLog(level: level) : nil
        self.systemLog = systemLog
        logger = Logger(label: "lvmbackup") { _ -> any LogHandler in
            systemLog.map { MultiplexLogHandler([handler, $0]) } ?? handler
        }
    }

    /// Whether the answer of a command is printed for people on standard output.
    var isForPeople: Bool { !isJSON }

    /// The subscribers of a run.
    func subscribe(to run: inout HookTable) {
        run.trace = trace
        let log = EventLog(logger: logger)
        let bar = showsBar ? ProgressBar(console: console) : nil
        let terminal = Writer(name: "terminal")
        run.on { event in
            await terminal.write {
                log.hear(event)
                bar?.hear(event)
            }
        }
        if isJSON {
            let lines = Writer(name: "json")
            run.on { event in await lines.write { printJSON(event) } }
        }
        run.on { [released] in released.hear($0) }
    }

    /// The last words.
    func conclude(_ outcome: Outcome) {
        if let trace {
            for line in TraceTree(trace.entries, timings: outcome.timings).lines { console.line(line) }
        }
        for line in Summary(outcome: outcome, released: released.all).lines {
            console.line(line)
            systemLog?.say(.error, line)
        }
    }

    private func printJSON(_ event: Event) {
        do {
            write(try event.jsonLine().printableJSON + "\n", to: STDOUT_FILENO)
        } catch {
            logger.error("an event cannot be told as JSON: \(error)")
        }
    }

    private static func checkStream(isJSON: Bool) throws {
        guard !isJSON else {
            throw ValidationError("--json and \"-\" both want standard output; use one of them")
        }
        guard isatty(STDOUT_FILENO) == 0 else {
            throw ValidationError("the archive is not written to a terminal; send standard output to a file or a pipe")
        }
    }

    private static func level(_ settings: Settings, usual: Logger.Level) throws -> Logger.Level {
        guard let name = settings.text(.logLevel) else { return usual }
        guard let level = Logger.Level(rawValue: name) else {
            throw ValidationError("\"log-level\" is unknown: \"\(name)\"; use debug, info, notice, warning or error")
        }
        return level
    }
}
