import Glibc
import Logging
import Synchronization

/// Standard error, with a last line that is drawn over: the progress bar.
///
/// Where a service manager sends it to the journal, lines go there by the journal's own protocol.
final class Console: Sendable {
    /// The meaning of a line, as colours show it.
    enum Meaning: String, Sendable {
        case plain = ""
        case good = "32"
        case warning = "33"
        case bad = "1;31"

        fileprivate var level: Logger.Level {
            switch self {
            case .plain: .info
            case .good: .notice
            case .warning: .warning
            case .bad: .error
            }
        }
    }

    /// Whether lines can be drawn over.
    let isTerminal: Bool
    /// Whether lines are coloured.
    let isColoured: Bool
    /// The journal, where standard error leads to it.
    let journal: Journal?
    private let bar = Mutex("")

    init(
        environment: [String: String] = ProcessWide.environment,
        isTerminal: Bool = isatty(STDERR_FILENO) == 1,
        journal: Journal? = Journal.ofStandardError()
    ) {
        self.journal = journal
        let isAble = isTerminal && environment["TERM"] != "dumb"
        self.isTerminal = isAble
        // no-color.org: any text but an empty one means no.
        isColoured = isAble && environment["NO_COLOR", default: ""].isEmpty
    }

    /// Writes a text as one line above the progress bar.
    func line(_ text: String, _ meaning: Meaning = .plain) {
        if let journal, journal.say(meaning.level, text) { return }
        let text = painted(text.printable, meaning)
        bar.withLock { bar in
            let erase = bar.isEmpty ? "" : "\r\u{1B}[K"
            write(erase + text + "\n" + bar, to: STDERR_FILENO)
        }
    }

    func painted(_ text: String, _ meaning: Meaning) -> String {
        guard isColoured, meaning != .plain else { return text }
        return "\u{1B}[\(meaning.rawValue)m\(text)\u{1B}[0m"
    }

    /// Draws the progress bar anew; an empty text removes it.
    func draw(_ text: String) {
        guard isTerminal else { return }
        bar.withLock { bar in
            guard bar != text else { return }
            write("\r\u{1B}[K" + text, to: STDERR_FILENO)
            bar = text
        }
    }

    /// Columns of the terminal.
    var width: Int { terminalWidth(STDERR_FILENO) }
}

/// Columns of a descriptor's terminal; 80 where it does not say.
func terminalWidth(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
}

/// Writes a text whole; answers whether the reader took it.
///
/// A terminal or pipe that has gone away must not stop a run, so that no caller has to look at the answer.
@discardableResult
func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
            if descriptor == STDOUT_FILENO { LostOutput.note(errno) }
            return false
        }
        bytes = bytes.dropFirst(count)
    }
    return true
}

/// Whether a part of standard output was lost, such as on a full disk.
enum LostOutput {
    private static let reason = Atomic<Int32>(0)

    /// The reader of a pipe may go away when it has seen enough.
    static func note(_ errno: Int32) {
        if errno != EPIPE { reason.store(errno, ordering: .relaxed) }
    }

    /// The exit status of a command that ends with `status`; says what was lost.
    ///
    /// - Parameter isAnswer: whether the output is what the command is for. A backup that was published stays one, although
    ///   its events are lost.
    static func exitStatus(_ status: Int32, isAnswer: Bool = true) -> Int32 {
        let errno = reason.load(ordering: .relaxed)
        guard errno != 0 else { return status }
        let text = String(cString: strerror(errno)).lowercased()
        Console().line("lvmbackup: standard output was lost: \(text)", .bad)
        return status == 0 && isAnswer ? 1 : status
    }
}
