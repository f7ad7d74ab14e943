/// The act at the point of a fault.
package enum FaultAct: Equatable, Sendable {
    /// The work fails with an error.
    case fail
    /// The work does not return until the task is cancelled; a call that cannot be cancelled does not return for a
    /// time.
    case hang(seconds: Double?)
    /// The work takes so much longer.
    case slow(seconds: Double)
    /// This process is sent SIGKILL.
    case kill
    /// This process stops, and the test acts meanwhile.
    case stop
    /// This process is sent a signal, so many times.
    case signal(Int32, times: Int)
    /// The external command is sent SIGKILL after so much time.
    case killCommand(seconds: Double)
}

extension FaultAct {
    /// - Parameter text: `fail`, `hang`, `hang=3`, `slow=1.5`, `kill`, `stop`, `signal=TERM`, `signal=TERM*3`,
    ///   `kill-command=0.05`.
    init?(_ text: Substring) {
        let parts = text.split(separator: "=", maxSplits: 1)
        let value = parts.count == 2 ? parts[1] : nil
        let seconds = value.flatMap { Double($0) }
        switch (parts.first, seconds) {
        case ("fail", nil) where value == nil: self = .fail
        case ("kill", nil) where value == nil: self = .kill
        case ("stop", nil) where value == nil: self = .stop
        case ("hang", _) where value == nil || seconds != nil: self = .hang(seconds: seconds)
        case ("slow", let seconds?): self = .slow(seconds: seconds)
        case ("kill-command", let seconds?): self = .killCommand(seconds: seconds)
        case ("signal", nil):
            let words = (value ?? "").split(separator: "*")
            guard let name = words.first, let number = Self.signals[String(name)] else { return nil }
            let times = words.count == 2 ? Int(words[1]) : 1
            guard let times, words.count <= 2 else { return nil }
            self = .signal(number, times: times)
        default: return nil
        }
    }

    private static let signals: [String: Int32] = ["HUP": 1, "INT": 2, "TERM": 15]
}
