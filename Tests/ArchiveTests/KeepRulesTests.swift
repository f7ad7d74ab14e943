import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct KeepRulesTests {
    private static let day = 86_400.0

    private func sets(_ days: [Double]) -> [KeepRules.Candidate] {
        // Noon, so that no time zone moves a set to another day.
        days.map { KeepRules.Candidate(name: "d\(Int($0))", created: 1_800_014_400 + $0 * Self.day, isGood: true) }
    }

    private func kept(_ rules: KeepRules, _ sets: [KeepRules.Candidate], now: Double = 3e9) -> Set<String> {
        Set(rules.decide(sets, now: now).filter(\.keep).map(\.name))
    }

    @Test func `the rules keep what restic's keep`() {
        var rules = KeepRules()
        rules.last = 2
        #expect(kept(rules, sets([0, 1, 2, 3])) == ["d2", "d3"])
        rules = KeepRules()
        rules.periods[.daily] = 3
        #expect(kept(rules, sets([0, 1, 2, 3, 10])) == ["d2", "d3", "d10"])
        rules = KeepRules()
        rules.within = 2.5 * Self.day
        #expect(kept(rules, sets([0, 1, 8, 9, 10])) == ["d8", "d9", "d10"])
        rules = KeepRules()
        rules.periods = [.weekly: 2]
        #expect(kept(rules, sets([0, 7, 14, 21])).count == 2)
    }

    @Test func `pinned sets, snapshots and postdated sets stay`() {
        var candidates = sets([0, 1, 2, 3])
        candidates[0].isPinned = true
        candidates[1].hasSnapshot = true
        var rules = KeepRules()
        rules.last = 1
        #expect(kept(rules, candidates) == ["d0", "d1", "d3"])
        #expect(kept(rules, candidates, now: candidates[2].created) == ["d0", "d1", "d2", "d3"])
    }

    @Test func `the set of the run that asks stays and counts as the newest, with any date`() {
        for created in [-1000.0, 5, 4000] {
            var candidates = sets([0, 1, 2, 3])
            candidates[0].created = candidates[1].created + created * Self.day
            candidates[0].isCurrent = true
            #expect(kept(.last(2), candidates, now: candidates[3].created) == ["d0", "d3"])
        }
    }

    @Test(
        arguments: [
            ("36h", 129_600), ("14d", 1_209_600), ("8w", 4_838_400), ("6m", 16_070_400), ("1y1h", 31_626_000),
            ("", nil), ("14", nil), ("d", nil), ("1.5d", nil), ("-3d", nil), ("0d", nil), ("5s", nil),
            ("9999999y", nil),
        ] as [(String, Double?)]
    )
    func `times are read in restic's units`(text: String, seconds: Double?) {
        #expect(KeepRules.seconds(notation: text) == seconds)
    }

    @Test func `the newest good set survives every history`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let count = Int.random(in: 0..<12, using: &random)
            let candidates = (0..<count).map { number in
                KeepRules.Candidate(
                    name: "s\(number)",
                    created: Double.random(in: 0...100, using: &random) * Self.day,
                    isGood: .random(using: &random),
                    isPinned: Int.random(in: 0..<6, using: &random) == 0,
                    hasSnapshot: Int.random(in: 0..<8, using: &random) == 0,
                    isCurrent: number == 0 && .random(using: &random)
                )
            }
            var rules = KeepRules()
            rules.last = Int.random(in: 0..<3, using: &random)
            rules.minimum = Int.random(in: 1..<4, using: &random)
            for period in KeepRules.Period.allCases { rules.periods[period] = Int.random(in: 0..<3, using: &random) }
            let now = Double.random(in: 0...120, using: &random) * Self.day
            let decisions = rules.decide(candidates, now: now)
            #expect(Set(decisions.map(\.name)) == Set(candidates.map(\.name)))
            let good = candidates.filter { $0.isGood && !$0.hasSnapshot && ($0.created <= now || $0.isCurrent) }
                .sorted { ($1.isCurrent ? 1 : 0, $1.created, $1.name) < ($0.isCurrent ? 1 : 0, $0.created, $0.name) }
            let kept = Set(decisions.filter(\.keep).map(\.name))
            #expect(good.prefix(rules.minimum).allSatisfy { kept.contains($0.name) })
            #expect(candidates.allSatisfy { !($0.isPinned || $0.isCurrent) || kept.contains($0.name) })
            // More rules never keep fewer sets.
            var more = rules
            more.last += 2
            #expect(kept.isSubset(of: Set(more.decide(candidates, now: now).filter(\.keep).map(\.name))))
        }
    }

    @Test func `pruning removes what no rule keeps, and neither kept sets nor sets that are read`() async throws {
        let directory = try ScratchDirectory()
        var fixture = try await ArchiveFixture(directory)
        let names = (1...5).map { "2026112\($0)T101502Z-7f3a" }
        for name in names {
            fixture.runID = name
            #expect(await fixture.run().failure == nil)
        }
        try await SetPlace(destination: fixture.backups, name: names[0]).setKept(true)
        let reader = try await SetPlace(destination: fixture.backups, name: names[1]).open()
        var rules = KeepRules()
        rules.last = 1
        let dry = try await Pruning(destination: fixture.backups, rules: rules, isDryRun: true).run()
        #expect(dry.filter { !$0.keep }.count == 3)
        #expect(try fixture.names() == names)
        let lines = try await Pruning(destination: fixture.backups, rules: rules, isDryRun: false).run()
        #expect(lines.compactMap { $0.failure == nil ? nil : $0.name } == [names[1]])
        #expect(try fixture.names() == [names[0], names[1], names[4]])
        withExtendedLifetime(reader) {}
    }
}
