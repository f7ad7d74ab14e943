import Lifecycle

/// The decisions of a run's retention about the published sets, as a plan that hooks may change; pure.
struct RetentionRules: Sendable {
    /// A set of the source that was just backed up.
    struct Candidate: Equatable, Sendable {
        var name: String
        /// Seconds since 1970.
        var created: Double
        /// Whether everything that its manifest lists is there, and no verification found damage.
        var isWhole: Bool
        /// Whether its data is known to be consistent, and a server has started on it.
        var isProven = true
        /// Whether a snapshot that it stands for still exists, or may exist.
        var hasSnapshot: Bool
        /// Whether the run that asks has published it.
        var isCurrent = false
        /// Whether it is marked to be kept.
        var isKept = false
    }

    /// The current set first, then newest first.
    let candidates: [Candidate]
    private let now: Double

    /// - Parameter now: seconds since 1970. Clocks may have been wrong, now or earlier.
    init(_ candidates: [Candidate], now: Double) {
        self.now = now
        self.candidates = candidates.sorted { left, right in
            if left.isCurrent != right.isCurrent { return left.isCurrent }
            return (right.created, right.name) < (left.created, left.name)
        }
    }

    /// Decides by the rules.
    func plan(_ rules: KeepRules) -> RetentionPlan {
        let sets = candidates.map { candidate in
            KeepRules.Candidate(
                name: candidate.name,
                created: candidate.created,
                isGood: candidate.isWhole,
                isProven: candidate.isProven,
                isPinned: candidate.isKept,
                hasSnapshot: candidate.hasSnapshot,
                isCurrent: candidate.isCurrent
            )
        }
        let decisions = rules.decide(sets, now: now)
        // No two candidates have the same name; one more would be decided as the first, and not end the run.
        let decided = Dictionary(decisions.map { ($0.name, $0) }) { first, _ in first }
        return RetentionPlan(
            decisions: candidates.compactMap { candidate in
                decided[candidate.name].map {
                    RetentionPlan.Decision(
                        set: candidate.name,
                        created: candidate.created,
                        keep: $0.keep,
                        reason: $0.reason,
                        state: state(of: candidate)
                    )
                }
            }
        )
    }

    /// The names of the sets that a plan, perhaps changed by a hook, removes.
    ///
    /// A set that it does not mention stays.
    ///
    /// - Throws: ``ArchiveError/badPlan(_:)`` where it names another set, or would remove the newest whole set, the newest
    ///   proven one, the set of this run, or a set that is marked to be kept, has an existing snapshot, or is dated later than now.
    func removals(of plan: RetentionPlan) throws(ArchiveError) -> [String] {
        var seen: Set<String> = []
        // There may be a hundred thousand, most of them another user's.
        let known = Dictionary(candidates.map { ($0.name, $0) }) { first, _ in first }
        let good = candidates.filter { $0.isWhole && !$0.hasSnapshot && state(of: $0) != .postdated }
        let newest = Newest(good: good.first?.name, proven: good.first(where: \.isProven)?.name)
        for decision in plan.decisions {
            guard let candidate = known[decision.set] else {
                throw .badPlan("\"\(decision.set)\" is no set of this server in the destination")
            }
            guard seen.insert(decision.set).inserted else { throw .badPlan("\"\(decision.set)\" appears twice") }
            if !decision.keep { try checkRemoval(of: candidate, newest) }
        }
        return plan.decisions.filter { !$0.keep }.map(\.set)
    }

    /// The names of the sets that are dated later than now.
    var postdated: [String] { candidates.filter { state(of: $0) == .postdated }.map(\.name) }

    private func state(of candidate: Candidate) -> RetentionPlan.Decision.State {
        if candidate.isCurrent { return .current }
        if candidate.hasSnapshot { return .snapshot }
        if candidate.created > now { return .postdated }
        if candidate.isKept { return .kept }
        return candidate.isWhole ? .good : .incomplete
    }

    /// The names of sets that stay in any case.
    private struct Newest {
        var good: String?
        var proven: String?
    }

    private func checkRemoval(of candidate: Candidate, _ newest: Newest) throws(ArchiveError) {
        let name = candidate.name
        if candidate.hasSnapshot { throw .badPlan("the snapshot of \"\(name)\" still exists") }
        if name == newest.good { throw .badPlan("\"\(name)\" is the newest good set") }
        if name == newest.proven { throw .badPlan("\"\(name)\" is the newest proven set") }
        switch state(of: candidate) {
        case .current: throw .badPlan("\"\(name)\" was published by this run")
        case .postdated: throw .badPlan("\"\(name)\" is dated later than now")
        case .kept: throw .badPlan("\"\(name)\" is marked to be kept")
        default: return
        }
    }
}
