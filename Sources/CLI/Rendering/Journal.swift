import Glibc
import Host
import LVMBackup
import Logging
import Synchronization

/// Lines in systemd's journal, with the run, its step and its volume as fields of their own.
final class Journal: Sendable {
    private let socket: JournalSocket
    private let context = Mutex<[JournalField: String]>([:])

    /// Nil where no journal listens.
    init?(path: String = JournalSocket.defaultPath) {
        guard let socket = JournalSocket(path) else { return nil }
        self.socket = socket
    }

    /// The journal, where standard error leads to it: its service manager says so in `JOURNAL_STREAM`.
    static func ofStandardError(
        environment: [String: String] = ProcessWide.environment,
        path: String = JournalSocket.defaultPath,
        descriptor: Int32 = STDERR_FILENO
    ) -> Journal? {
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0,
            stream == "\(status.st_dev):\(status.st_ino)"
        else { return nil }
        return Journal(path: path)
    }

    /// Learns the fields of the following lines.
    func note(_ event: Event) {
        context.withLock { context in
            context[.run] = event.run
            switch event.fact {
            case .stepStarted(let step): context[.step] = step.rawValue
            case .stepFinished: context[.step] = nil
            case .snapshotted(let snapshot): context[.snapshot] = snapshot.name
            case .published(let set): context[.set] = set.location
            case .finished(let outcome):
                context[.outcome] = outcome.ending.rawValue
                context[.exitStatus] = String(outcome.exitStatus)
            default: break
            }
        }
    }

    func note(_ volume: Volume) { context.withLock { $0[.volume] = "\(volume.group)/\(volume.name)" } }

    /// Sends a line; answers whether the journal took it.
    @discardableResult
    func say(_ level: Logger.Level, _ text: String) -> Bool {
        let known = context.withLock { $0 }.sorted { $0.key.rawValue < $1.key.rawValue }
        return socket.send(
            [("MESSAGE", text.printable), ("PRIORITY", String(level.priority)), ("SYSLOG_IDENTIFIER", "lvmbackup")]
                + known.map { ($0.key.rawValue, $0.value) }
        )
    }
}

/// The fields beside the text.
private enum JournalField: String {
    case exitStatus = "EXIT_STATUS"
    case outcome = "OUTCOME"
    case run = "RUN_ID"
    case set = "BACKUP_SET"
    case snapshot = "SNAPSHOT"
    case step = "STEP"
    case volume = "VOLUME"
}

/// Log lines for the journal.
struct JournalLog: LogHandler {
    let journal: Journal
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(journal: Journal, level: Logger.Level) {
        self.journal = journal
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { journal.say(event.level, event.message.description) }
}
