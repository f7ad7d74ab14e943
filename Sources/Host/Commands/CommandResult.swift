/// How a command ended, and its output.
public struct CommandResult: Sendable, Equatable {
    public enum Status: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        public var description: String {
            switch self {
            case .exited(let code): "ended with status \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            }
        }
    }

    public var status: Status
    /// At most `Command.outputLimit` bytes; the rest is dropped.
    public var standardOutput: [UInt8]
    /// At most `Command.outputLimit` bytes; the rest is dropped.
    public var standardError: [UInt8]
    public var duration: Duration
    /// Whether the command was ended because its deadline had passed.
    public var isTimedOut: Bool

    public init(
        status: Status = .exited(0),
        standardOutput: [UInt8] = [],
        standardError: [UInt8] = [],
        duration: Duration = .zero,
        isTimedOut: Bool = false
    ) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.duration = duration
        self.isTimedOut = isTimedOut
    }

    public var isSuccess: Bool { status == .exited(0) && !isTimedOut }
    /// Whether the end of standard output may be missing, because there was more than is kept.
    public var isOutputCut: Bool { standardOutput.count >= Command.outputLimit }
    /// Standard output as text; bytes that are not UTF-8 are replaced.
    public var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// Standard error as text, without blanks at its ends.
    public var reason: String {
        let text = String(decoding: standardError, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    }

    /// This result, if the command succeeded.
    ///
    /// - Throws: ``HostError/commandTimedOut(command:limit:)`` or
    ///   ``HostError/commandFailed(command:status:reason:)``.
    @discardableResult
    public func checked(_ command: Command) throws -> CommandResult {
        if isTimedOut { throw HostError.commandTimedOut(command: "\(command)", limit: command.deadline) }
        guard isSuccess else {
            throw HostError.commandFailed(command: "\(command)", status: status, reason: reason)
        }
        return self
    }
}
