import Glibc
import Logging

/// Log lines for syslog(3), facility daemon.
struct SystemLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(level: Logger.Level) {
        logLevel = level
        // syslog(3) keeps the pointer: the text lives as long as the process.
        openlog(Self.identity, LOG_PID, LOG_DAEMON)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { say(event.level, event.message.description) }

    func say(_ level: Logger.Level, _ text: String) {
        text.printable.withCString { text in
            withVaList([text]) { vsyslog(level.priority, "%s", $0) }
        }
    }

    // syslog keeps the pointer for the life of the process; no code ever writes through it.
    nonisolated(unsafe) private static let identity: UnsafePointer<CChar> = UnsafePointer(strdup("lvmbackup"))
}

extension Logger.Level {
    /// As of syslog(3).
    var priority: Int32 {
        switch self {
        case .trace, .debug: LOG_DEBUG
        case .info: LOG_INFO
        case .notice: LOG_NOTICE
        case .warning: LOG_WARNING
        case .error: LOG_ERR
        case .critical: LOG_CRIT
        }
    }
}
