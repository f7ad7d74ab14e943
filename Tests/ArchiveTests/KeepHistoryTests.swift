import TestSupport
import Testing

@testable import Archive

/// Destinations over time: clocks that jump, pinned, damaged and open sets, and rules that change.
@Suite struct KeepHistoryTests {
    private static let day = 86_400.0

    /// The sets of one server after some runs.
    private struct History {
        var random: SeededGenerator
        var sets: [KeepRules.Candidate] = []
        /// The true time.
        var time = 1_800_014_400.0
        var rules = KeepRules()
        var number = 0

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
            changeRules()
        }

        private mutating func isOnce(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

        private mutating func changeRules() {
            rules = KeepRules()
            rules.last = Int.random(in: 0..<3, using: &random)
            rules.minimum = Int.random(in: 1..<3, using: &random)
            for period in KeepRules.Period.allCases where isOnce(in: 3) {
                rules.periods[period] = Int.random(in: 0..<4, using: &random)
            }
            if isOnce(in: 4) { rules.within = Double.random(in: 0...20, using: &random) * KeepHistoryTests.day }
        }

        /// A run that ends with the retention, or a retention by itself.
        ///
        /// - Returns: the time that the host's clock shows.
        mutating func goOn() -> Double {
            time += Double.random(in: 60...400_000, using: &random)
            let clock = time + (isOnce(in: 5) ? Double.random(in: -1e8...1e8, using: &random) : 0)
            for index in sets.indices {
                sets[index].isCurrent = false
                if isOnce(in: 20) { sets[index].isPinned.toggle() }
                if isOnce(in: 20) { sets[index].isGood = false }
                sets[index].hasSnapshot = sets[index].hasSnapshot && !isOnce(in: 3)
            }
            if isOnce(in: 6) { changeRules() }
            guard !isOnce(in: 5) else { return clock }
            number += 1
            let set = KeepRules.Candidate(
                name: "s\(number)",
                created: clock - Double.random(in: 0...60, using: &random),
                isGood: true,
                isProven: !isOnce(in: 4),
                isPinned: false,
                hasSnapshot: isOnce(in: 10),
                isCurrent: true
            )
            sets.append(set)
            return clock
        }

        /// Removes the sets that no rule keeps; those that are open stay.
        mutating func retain(_ kept: Set<String>) {
            var open: Set<String> = []
            for set in sets where isOnce(in: 10) { open.insert(set.name) }
            sets.removeAll { !kept.contains($0.name) && !open.contains($0.name) }
        }
    }

    @Test func `ten thousand histories end with their newest good set`() {
        for seed in 1...10_000 {
            var history = History(seed: UInt64(seed))
            for _ in 0..<Int.random(in: 2...9, using: &history.random) {
                let now = history.goOn()
                let kept = Set(history.rules.decide(history.sets, now: now).filter(\.keep).map(\.name))
                expectKept(history, kept, now, seed)
                history.retain(kept)
            }
        }
    }

    private func expectKept(_ history: History, _ kept: Set<String>, _ now: Double, _ seed: Int) {
        let sets = history.sets
        let isPostdated = { (set: KeepRules.Candidate) in !set.isCurrent && set.created > now }
        let never = sets.filter { $0.isPinned || $0.isCurrent || $0.hasSnapshot || isPostdated($0) }
        #expect(never.allSatisfy { kept.contains($0.name) }, "seed \(seed)")
        let good = sets.filter { $0.isGood && !$0.hasSnapshot && !isPostdated($0) }
            .sorted { ($1.isCurrent ? 1 : 0, $1.created) < ($0.isCurrent ? 1 : 0, $0.created) }
        guard let newest = good.first else { return }
        #expect(kept.contains(newest.name), "seed \(seed)")
        #expect(good.count { kept.contains($0.name) } >= min(history.rules.minimum, good.count), "seed \(seed)")
        if let proven = good.first(where: \.isProven) { #expect(kept.contains(proven.name), "seed \(seed)") }
    }
}
