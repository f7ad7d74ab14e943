import Glibc
import Logging

/// Log lines for people: the time, the level where it matters, the text.
struct ConsoleLog: LogHandler {
    let console: Console
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(console: Console, level: Logger.Level) {
        self.console = console
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let label = event.level >= .warning || event.level <= .debug ? "\(event.level): " : ""
        let meaning: Console.Meaning = event.level >= .error ? .bad : event.level == .warning ? .warning : .plain
        console.line("\(timeOfDay()) \(label)\(event.message)", meaning)
    }
}

/// The local time as 14:02:11.
private func timeOfDay() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
}
