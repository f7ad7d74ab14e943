import Lifecycle
import Synchronization
import Testing

@testable import Archive

extension KeepRules {
    /// The one rule that the newest so many stay.
    static func last(_ count: Int) -> KeepRules {
        var rules = KeepRules()
        rules.last = count
        return rules
    }
}

@Suite struct RetentionTests {
    /// Newest first: w whole, d damaged, s a kept snapshot, c the current set, f one from the future, k a set that is
    /// marked to be kept.
    private func rules(_ sets: String) -> RetentionRules {
        RetentionRules(
            sets.enumerated().map { index, kind in
                RetentionRules.Candidate(
                    name: "\(index)",
                    created: Double(1000 - index) + (kind == "f" ? 10_000 : 0),
                    isWhole: kind != "d",
                    hasSnapshot: kind == "s",
                    isCurrent: kind == "c",
                    isKept: kind == "k"
                )
            },
            now: 2000
        )
    }

    @Test(arguments: [
        ("www", 2, "2"), ("w", 1, ""), ("www", 5, ""), ("", 1, ""),
        ("dww", 1, "2"), ("wdw", 1, "12"), ("ddd", 1, ""), ("sww", 1, "2"), ("wsw", 1, "2"), ("wwd", 2, "2"),
        ("wwc", 1, "01"), ("cww", 2, "2"), ("wcw", 2, "2"), ("fww", 1, "2"), ("ffw", 1, ""), ("fcw", 1, "2"),
        ("wwk", 1, "1"), ("wkw", 2, "2"), ("cwk", 1, "1"),
    ])
    func `the last good sets stay, damaged ones don't count, snapshots stay`(sets: String, keep: Int, gone: String)
        throws
    {
        let rules = rules(sets)
        #expect(try rules.removals(of: rules.plan(.last(keep))).joined() == gone)
    }

    @Test func `names that Unicode takes for the same end no run`() throws {
        let sets = ["caf\u{E9}", "cafe\u{301}", "K", "\u{212A}"].enumerated().map { index, name in
            RetentionRules.Candidate(name: name, created: Double(index), isWhole: true, hasSnapshot: false)
        }
        let plan = RetentionRules(sets, now: 100).plan(.last(1))
        #expect(plan.decisions.count == 4)
    }

    /// The owner of a destination can put any number of sets there.
    @Test(.timeLimit(.minutes(1))) func `a hundred thousand sets are decided about at once`() throws {
        let rules = rules(String(repeating: "w", count: 100_000))
        #expect(try rules.removals(of: rules.plan(.last(1))).count == 99_999)
    }

    @Test func `the storage is asked about a thousand snapshots at most, and the others may exist`() async throws {
        let asked = Mutex(0)
        var questions = SnapshotQuestions { _ in
            asked.withLock { $0 += 1 }
            return false
        }
        var manifest = Manifest.sample()
        #expect(try await !questions.mayExist(of: manifest))
        manifest.snapshot?.isKept = true
        for _ in 1...1000 { #expect(try await !questions.mayExist(of: manifest)) }
        for _ in 1...10 { #expect(try await questions.mayExist(of: manifest)) }
        #expect(asked.withLock { $0 } == 1000)
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
        let states = rules("cwdsfk").plan(.last(1)).decisions.map(\.state)
        #expect(states == [.current, .postdated, .good, .incomplete, .snapshot, .kept])
    }

    @Test(arguments: [("wwc", "2"), ("fww", "0"), ("cww", "0"), ("wwk", "2")])
    func `a plan that removes the set of the run or one from the future is refused`(sets: String, gone: String) {
        let plan = RetentionPlan(decisions: [.init(set: gone, created: 0, keep: false, reason: "test")])
        #expect(throws: ArchiveError.self) { try rules(sets).removals(of: plan) }
    }

    @Test func `a set that a plan does not mention stays`() throws {
        #expect(try rules("www").removals(of: RetentionPlan(decisions: [])) == [])
    }
}
