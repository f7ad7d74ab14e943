import Lifecycle
import Testing

@testable import Archive

@Suite struct RetentionTests {
    /// Newest first: w whole, d damaged, s a kept snapshot.
    private func rules(_ sets: String) -> RetentionRules {
        RetentionRules(
            sets.enumerated().map { index, kind in
                RetentionRules.Candidate(
                    name: "\(index)",
                    created: Double(1000 - index),
                    isWhole: kind == "w",
                    hasSnapshot: kind == "s"
                )
            }
        )
    }

    @Test(arguments: [
        ("www", 2, "2"), ("w", 1, ""), ("www", 5, ""), ("", 1, ""),
        ("dww", 1, "2"), ("wdw", 1, "12"), ("ddd", 1, ""), ("sww", 1, "2"), ("wsw", 1, "2"), ("wwd", 2, "2"),
    ])
    func `the last good sets stay, damaged ones don't count, snapshots stay`(sets: String, keep: Int, gone: String)
        throws
    {
        let rules = rules(sets)
        #expect(try rules.removals(of: rules.plan(keepLast: keep)).joined() == gone)
    }

    @Test(arguments: [
        ("ww", "0"), ("dww", "1"), ("sww", "0"), ("sww", "1"), ("ww", "7"), ("ww", "11"), ("ww", "../x"),
    ])
    func `a plan that a hook spoilt is refused`(sets: String, gone: String) {
        let names = gone == "11" ? ["1", "1"] : [gone]
        let plan = RetentionPlan(
            decisions: names.map { RetentionPlan.Decision(set: $0, created: 0, keep: false, reason: "test") }
        )
        #expect(throws: ArchiveError.self) { try rules(sets).removals(of: plan) }
    }

    @Test func `a plan says what each set is worth`() {
        #expect(rules("wds").plan(keepLast: 1).decisions.map(\.state) == [.good, .incomplete, .snapshot])
    }

    @Test func `a set that a plan does not mention stays`() throws {
        #expect(try rules("www").removals(of: RetentionPlan(decisions: [])) == [])
    }
}
