import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Sets that are whole, but not known to be consistent or to start.
@Suite struct ProvenSetsTests {
    private func set(_ number: Int, isProven: Bool) -> KeepRules.Candidate {
        var set = KeepRules.Candidate(name: "\(number)", created: 1_795_000_000 - Double(number) * 86_400, isGood: true)
        set.isProven = isProven
        return set
    }

    private func kept(_ rules: KeepRules, _ sets: [KeepRules.Candidate]) -> Set<String> {
        Set(rules.decide(sets, now: 2e9).filter(\.keep).map(\.name))
    }

    /// Newest first: p a proven set, u another.
    @Test(
        arguments: [
            ("uuuppp", 3, 1, "012345"), ("uuupppp", 3, 1, "012345"), ("pppuuu", 3, 1, "012"), ("upupup", 2, 1, "013"),
            ("uuuuuu", 3, 1, "012"), ("pppppp", 3, 1, "012"), ("uuuuup", 1, 1, "05"), ("uupp", 1, 2, "023"),
            ("uuu", 1, 2, "01"),
        ]
    )
    func `a set that is not proven takes no proven set's place`(sets: String, last: Int, minimum: Int, stay: String) {
        var rules = KeepRules.last(last)
        rules.minimum = minimum
        let candidates = sets.enumerated().map { set($0.offset, isProven: $0.element == "p") }
        #expect(kept(rules, candidates).sorted().joined() == stay)
    }

    @Test(arguments: 1...300)
    func `no rule gives a proven set's place away`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var rules = KeepRules.last(.random(in: 0..<4, using: &random))
        if Bool.random(using: &random) { rules.within = .random(in: 1...2e6, using: &random) }
        for period in KeepRules.Period.allCases { rules.periods[period] = Int.random(in: 0..<4, using: &random) }
        let sets = (0..<12).map { set($0, isProven: .random(using: &random)) }
        let proven = sets.filter(\.isProven)
        #expect(kept(rules, sets).isSuperset(of: kept(rules, proven)))
        #expect(kept(rules, sets).contains("0"), "the newest good set is gone")
    }

    @Test func `no plan of a hook removes the newest proven set`() {
        let sets = ["u", "u", "p"].enumerated().map { index, kind in
            RetentionRules.Candidate(
                name: "\(index)",
                created: Double(1000 - index),
                isWhole: true,
                isProven: kind == "p",
                hasSnapshot: false
            )
        }
        let plan = RetentionPlan(decisions: [.init(set: "2", created: 0, keep: false, reason: "test")])
        #expect(throws: ArchiveError.badPlan("\"2\" is the newest proven set")) {
            try RetentionRules(sets, now: 2000).removals(of: plan)
        }
    }

    private static func verification(_ level: String, _ damage: String? = nil) -> VerifiedMark {
        VerifiedMark(level: level, at: Timestamp(seconds: 0), tool: "test", damage: damage)
    }

    @Test(
        arguments: [
            (true, [], nil, nil, true), (nil, [], nil, nil, false), (false, [], nil, nil, false),
            (true, ["lock"], nil, nil, false), (true, [], "2 tables are MyISAM", nil, false),
            (nil, [], nil, verification("start"), true), (nil, [], nil, verification("checksums"), false),
            (nil, [], nil, verification("start", "a page is wrong"), false),
            (true, [], "2 tables are MyISAM", verification("start"), false),
        ] as [(Bool?, [String], String?, VerifiedMark?, Bool)]
    )
    func `a recovery or a start proves a set, unless it is marked`(
        recovered: Bool?,
        unproven: [String],
        inconsistency: String?,
        verified: VerifiedMark?,
        isProven: Bool
    ) {
        var manifest = Manifest.sample()
        manifest.recovery = recovered.map { Manifest.RecoveryFacts(clean: $0) }
        manifest.unproven = unproven
        manifest.lock?.inconsistency = inconsistency
        #expect(manifest.isProven(by: verified) == isProven)
    }

    @Test(arguments: [true, false])
    func `the mark of an inconsistent set is in its manifest, and pruning heeds it`(isPruned: Bool) async throws {
        let directory = try ScratchDirectory()
        var fixture = try await ArchiveFixture(directory)
        let names = (1...4).map { "2026112\($0)T101502Z-7f3a" }
        for name in names {
            fixture.runID = name
            fixture.inconsistency = name == names[0] ? nil : "2 tables are MyISAM, not InnoDB"
            if !isPruned { fixture.keepRules = .last(1) }
            #expect(await fixture.run().failure == nil)
        }
        #expect(try fixture.manifest(names[3]).lock?.inconsistency == fixture.inconsistency)
        if isPruned {
            _ = try await Pruning(destination: fixture.backups, rules: .last(1), isDryRun: false).run()
        }
        #expect(try fixture.names() == [names[0], names[3]])
    }
}
