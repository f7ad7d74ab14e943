/// How a command ended, and its output.
package struct CommandResult: Sendable, Equatable {
    package enum Status: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        package var description: String {
            switch self {
            case .exited(let code): "ended with status \(code)"
            case .signalled(let signal): "was ended by signal \(signal)"
            }
        }
    }

    package var status: Status
    /// At most `Command.outputLimit` bytes; the rest is dropped.
    package var standardOutput: [UInt8]
    /// At most `Command.outputLimit` bytes; the rest is dropped.
    package var standardError: [UInt8]
    package var duration: Duration
    /// Whether the command was ended because its deadline had passed.
    package var isTimedOut: Bool

    package init(
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

    package var isSuccess: Bool { status == .exited(0) && !isTimedOut }
    /// Whether the end of standard output may be missing, because there was more than is kept.
    package var isOutputCut: Bool { standardOutput.count >= Command.outputLimit }
    /// Standard output as text; bytes that are not UTF-8 are replaced.
    package var output: String { String(decoding: standardOutput, as: UTF8.self) }
    /// Standard error as text, without blanks at its ends.
    package var reason: String {
        let text = String(decoding: standardError, as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    }

    /// This result, if the command succeeded.
    ///
    /// - Throws: ``HostError/commandTimedOut(command:limit:)`` or
    ///   ``HostError/commandFailed(command:status:reason:)``.
    @discardableResult
    package func checked(_ command: Command) throws -> CommandResult {
        if isTimedOut { throw HostError.commandTimedOut(command: "\(command)", limit: command.deadline) }
        guard isSuccess else {
            throw HostError.commandFailed(command: "\(command)", status: status, reason: reason)
        }
        return self
    }
}
