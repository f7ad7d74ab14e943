import Testing

/// One row of the fault matrix: what is broken when, and what has to come of it.
struct FaultRow: Sendable, CustomTestStringConvertible {
    /// What the harness does besides.
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

    /// What may be there right after the run.
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

    /// What happens, for the table.
    var fault: String
    /// Where it happens, for the table.
    var moment: String
    /// `LVMBACKUP_FAULT`.
    var injection: String
    var options: [String] = []
    /// What the command is started by.
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
    /// What may stay that the next `lvmbackup cleanup` removes.
    var mayLeave = Remainder.nothing
    /// Whether it is reached without fail; a fault that was not struck then is a failure.
    var isCertain = true

    /// What a failed run may give as its reason.
    var expectedCauses: [String] {
        guard causes.isEmpty else { return causes }
        return says.isEmpty && injection.contains(":fail") ? ["injected fault"] : says
    }

    var testDescription: String { "\(fault), \(moment)" }
}

/// What came of a row.
struct FaultResult: Sendable {
    var row: FaultRow
    /// Nil where nobody was there to see it.
    var status: Int32?
    /// What was shown of the set; nil where none was published.
    var proof: SetProof?
    var stall: Double?
    /// What was there right afterwards, and what of it after the cleanup.
    var left: [String]
    var stayed: [String]
    /// What was not as the row has it.
    var complaints: [String] = []

    var isPublished: Bool { proof != nil }
}
