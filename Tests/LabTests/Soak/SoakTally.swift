import Foundation

/// The results of the runs so far.
struct SoakTally: Sendable {
    /// Of one kind of fault.
    struct Kind: Sendable {
        var runs = 0
        /// Runs that got as far as the fault.
        var struck = 0
        var statuses: [Int32: Int] = [:]
        var published = 0
    }

    private(set) var kinds: [String: Kind] = [:]
    /// Seconds, of the runs with a fault and of the others.
    private(set) var longestDisturbed = 0.0
    private(set) var longestUndisturbed = 0.0
    /// Numbers of the runs whose set was started in a server.
    var restored: [Int] = []
    private static let log = "soak.log"
    private var lines = ""

    var runs: Int { kinds.values.map(\.runs).reduce(0, +) }
    var disturbed: Int { runs - (kinds["undisturbed"]?.runs ?? 0) }
    var published: Int { kinds.values.map(\.published).reduce(0, +) }
    var struck: Int { kinds.values.map(\.struck).reduce(0, +) }

    /// - Parameter hasStruck: nil where there was no fault.
    mutating func note(
        _ told: String,
        _ kind: String,
        _ status: Int32,
        isPublished: Bool,
        hasStruck: Bool?,
        _ span: ClosedRange<Double>
    ) throws {
        var entry = kinds[kind] ?? Kind()
        entry.runs += 1
        if hasStruck == true { entry.struck += 1 }
        if isPublished { entry.published += 1 }
        entry.statuses[status, default: 0] += 1
        kinds[kind] = entry
        let seconds = Int(span.upperBound - span.lowerBound)
        let missed = hasStruck == false ? ", not reached" : ""
        lines += "\(told): status \(status), \(isPublished ? "published" : "no backup")\(missed), \(seconds) s\n"
        // Written at once: it is what is there to look at while the soak runs.
        try Results.write(Self.log, lines)
    }

    mutating func note(_ stall: Double, isDisturbed: Bool) {
        if isDisturbed {
            longestDisturbed = max(longestDisturbed, stall)
        } else {
            longestUndisturbed = max(longestUndisturbed, stall)
        }
    }
}
