import Lifecycle

/// Which published sets stay; pure.
struct RetentionRules: Sendable {
    /// A set of the source that was just backed up.
    struct Candidate: Equatable, Sendable {
        var name: String
        var created: Double
        /// Whether everything that its manifest lists is there.
        var isWhole: Bool
        /// Whether a snapshot that it stands for still exists, or may exist.
        var hasSnapshot: Bool
    }

    /// Newest first.
    let candidates: [Candidate]

    init(_ candidates: [Candidate]) {
        self.candidates = candidates.sorted { ($1.created, $1.name) < ($0.created, $0.name) }
    }

    /// The newest `count` whole sets stay; what is newer than the last of them, and damaged, stays to be looked at.
    func plan(keepLast count: Int) -> RetentionPlan {
        var good = 0
        let decisions = candidates.map { candidate in
            let isWanted = good < count
            let reason: String
            if candidate.hasSnapshot {
                reason = "its snapshot still exists"
            } else if !candidate.isWhole {
                reason = isWanted ? "incomplete, and newer than what is kept" : "incomplete"
            } else {
                good += 1
                reason = isWanted ? "number \(good) of the last \(count)" : "older than the last \(count)"
            }
            let keep = isWanted || candidate.hasSnapshot
            return RetentionPlan.Decision(
                set: candidate.name,
                created: candidate.created,
                keep: keep,
                reason: reason,
                state: candidate.hasSnapshot ? .snapshot : candidate.isWhole ? .good : .incomplete
            )
        }
        return RetentionPlan(decisions: decisions)
    }

    /// The names of what a plan, perhaps changed by a hook, removes; a set it does not mention stays.
    ///
    /// - Throws: ``ArchiveError/badPlan(_:)`` where it names what is no candidate, or would remove the newest whole
    ///   set or one whose snapshot exists.
    func removals(of plan: RetentionPlan) throws(ArchiveError) -> [String] {
        var seen: Set<String> = []
        for decision in plan.decisions {
            guard let candidate = candidates.first(where: { $0.name == decision.set }) else {
                throw .badPlan("\"\(decision.set)\" is no set of this server in the destination")
            }
            guard seen.insert(decision.set).inserted else { throw .badPlan("\"\(decision.set)\" appears twice") }
            guard !decision.keep else { continue }
            guard !candidate.hasSnapshot else { throw .badPlan("the snapshot of \"\(decision.set)\" still exists") }
            guard candidate.name != newestGood else { throw .badPlan("\"\(decision.set)\" is the newest good set") }
        }
        return plan.decisions.filter { !$0.keep }.map(\.set)
    }

    private var newestGood: String? { candidates.first { $0.isWhole && !$0.hasSnapshot }?.name }
}
