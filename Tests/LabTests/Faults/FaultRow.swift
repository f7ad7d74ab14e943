import Testing

/// One row of the fault matrix: the fault, its moment and the expected result.
struct FaultRow: Sendable, CustomTestStringConvertible {
    /// The further acts of the harness.
    enum Act: Sendable {
        case none
        /// The fault stops the run; then it and its guardian are killed.
        case killBoth
        /// The fault stops the run; then its guardian is killed, and the run goes on.
        case killGuardian
        /// The fault stops the run; then it, its guardian and its children are sent SIGTERM, as when a service is
        /// stopped, and it goes on.
        case terminateAll
        /// The fault stops the run; then the server ends its sessions, and it goes on.
        case killSessions
    }

    /// The things that may be there right after the run.
    enum Remainder {
        case nothing
        /// The record of what the run could not release, as far as it knows.
        case record
        case anything

        /// - Parameter change: such as "file /var/lib/lvmbackup/runs/r1".
        func allows(_ change: String) -> Bool {
            switch self {
            case .nothing: false
            case .record: change.hasPrefix("file /var/lib/lvmbackup/runs/")
            case .anything: true
            }
        }
    }

    /// The fault, for the table.
    var fault: String
    /// Where it happens, for the table.
    var moment: String
    /// `LVMBACKUP_FAULT`.
    var injection: String
    var options: [String] = []
    /// The program that starts the command.
    var wrapper: [String] = []
    var act = Act.none
    var statuses: Set<Int32>
    /// Words that have to be in what is said to people.
    var says: [String] = []
    /// Words of which some have to be in the reason that a failed run gives: of an injected failure, that it was one.
    var causes: [String] = []
    /// Where the connection to the server is cut.
    var cut: Relay.Cut?
    /// Whether the volume is a thin one.
    var isThin = false
    /// Whether the server's commits are not durable, but as the lock makes them; nothing may stay of that.
    var isLoose = false
    /// Seconds for which writers may wait after the fault.
    var stallLimit = 3.0
    /// Remains that the next `lvmbackup cleanup` removes.
    var mayLeave = Remainder.nothing
    /// Whether it is reached without fail; a fault that was not struck then is a failure.
    var isCertain = true

    /// The possible reasons of a failed run.
    var expectedCauses: [String] {
        guard causes.isEmpty else { return causes }
        return says.isEmpty && injection.contains(":fail") ? ["injected fault"] : says
    }

    var testDescription: String { "\(fault), \(moment)" }
}

/// The result of a row.
struct FaultResult: Sendable {
    var row: FaultRow
    /// Nil where no process saw it.
    var status: Int32?
    /// The proof of the set; nil where none was published.
    var proof: SetProof?
    var stall: Double?
    /// The things that were there right afterwards, and those after the cleanup.
    var left: [String]
    var stayed: [String]
    /// The differences from the row.
    var complaints: [String] = []

    var isPublished: Bool { proof != nil }
}
