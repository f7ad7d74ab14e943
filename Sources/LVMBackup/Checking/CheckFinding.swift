/// One line of a check: a thing that runs need, and its state.
package struct CheckFinding: Codable, Equatable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        case ok
        /// Backups work, but something is to be known.
        case warning
        case failed
        /// Not looked at, because something before it failed.
        case skipped
    }

    /// The thing, such as "server".
    package var name: String
    package var state: State
    package var text: String
    /// The remedy for the operator.
    package var advice: String?

    package init(_ name: String, _ state: State, _ text: String, advice: String? = nil) {
        self.name = name
        self.state = state
        self.text = text
        self.advice = advice
    }
}
