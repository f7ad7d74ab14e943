import Foundation
import TestSupport
import Testing

@testable import Archive

/// Every rule of retention under a wrong clock.
@Suite struct WrongClockTests {
    private static let day = 86_400.0
    /// The right time of the run.
    private static let time = 1_795_000_000.0

    private func removed(_ rules: KeepRules, _ sets: [KeepRules.Candidate], now: Double) -> Set<String> {
        Set(rules.decide(sets, now: now).filter { !$0.keep }.map(\.name))
    }

    private static func history(_ random: inout SeededGenerator) -> [KeepRules.Candidate] {
        (0..<Int.random(in: 0..<20, using: &random)).map { number in
            // Hours, days or years ago, so that each kind of period is met.
            let scales: [Double] = [3600, day, 2e6, 2e7]
            let scale = scales[Int.random(in: scales.indices, using: &random)]
            // A clock of an earlier run was ahead by more than any error of the current one.
            let isPostdated = Int.random(in: 0..<10, using: &random) == 0
            let age = isPostdated ? -5e9 : 1000 + Double.random(in: 0...20, using: &random) * scale
            return KeepRules.Candidate(
                name: "s\(number)",
                created: time - age,
                isGood: Int.random(in: 0..<5, using: &random) > 0,
                isPinned: Int.random(in: 0..<9, using: &random) == 0,
                hasSnapshot: Int.random(in: 0..<9, using: &random) == 0
            )
        }
    }

    private static func rules(_ random: inout SeededGenerator) -> KeepRules {
        var rules = KeepRules()
        if Bool.random(using: &random) { rules.last = Int.random(in: 0..<5, using: &random) }
        if Bool.random(using: &random) { rules.within = Double.random(in: 1...40, using: &random) * day }
        for period in KeepRules.Period.allCases where Bool.random(using: &random) {
            rules.periods[period] = Int.random(in: 0..<5, using: &random)
        }
        rules.minimum = Int.random(in: 1..<4, using: &random)
        return rules
    }

    @Test(arguments: 1...500)
    func `a wrong clock of a run removes nothing that the right one would keep`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let rules = Self.rules(&random)
        var sets = Self.history(&random)
        sets.append(
            KeepRules.Candidate(name: "current", created: Self.time - 60, isGood: true, isCurrent: true)
        )
        let kept = Expectation(rules, sets, now: Self.time).kept
        let right = removed(rules, sets, now: Self.time)
        #expect(right.isDisjoint(with: kept), "the right clock removes too much")
        for error in [-1e9, -40 * Self.day, -3 * Self.day, -7200, -1, 1, 7200, 3 * Self.day, 40 * Self.day, 1e9] {
            sets[sets.count - 1].created = Self.time - 60 + error
            let wrong = removed(rules, sets, now: Self.time + error)
            #expect(wrong.isDisjoint(with: kept), "a clock that is off by \(error) s removes too much")
            #expect(wrong.isSubset(of: right), "a clock that is off by \(error) s changes the decision")
        }
    }

    @Test func `a run in the year 2040 keeps the sets of the last days`() {
        let old = (0..<6).map {
            KeepRules.Candidate(name: "\($0)", created: Self.time - Double($0) * Self.day, isGood: true)
        }
        let wrong = Self.time + 13 * 366 * Self.day
        let current = KeepRules.Candidate(name: "current", created: wrong, isGood: true, isCurrent: true)
        var rules = KeepRules()
        rules.within = 2.5 * Self.day
        #expect(removed(rules, old + [current], now: wrong) == ["3", "4", "5"])
        rules = KeepRules()
        rules.periods[.daily] = 3
        #expect(removed(rules, old + [current], now: wrong) == ["3", "4", "5"])
    }

    @Test func `pruning with a clock that is ahead does not trust the newest date`() {
        let days = [0.0, 1, 2, 3, 5000]
        let sets = days.map {
            KeepRules.Candidate(name: "\(Int($0))", created: Self.time + $0 * Self.day, isGood: true)
        }
        var rules = KeepRules()
        rules.within = 1.5 * Self.day
        #expect(removed(rules, sets, now: Self.time + 5001 * Self.day) == ["0", "1"])
    }
}

/// The sets that restic's words promise to keep, told from right dates; written apart from the rules.
private struct Expectation {
    private(set) var kept: Set<String> = []

    init(_ rules: KeepRules, _ sets: [KeepRules.Candidate], now: Double) {
        let counted = sets.filter { $0.isGood && !$0.hasSnapshot && $0.created <= now }
            .sorted { ($1.created, $1.name) < ($0.created, $0.name) }
        kept.formUnion(sets.filter { $0.isPinned || $0.hasSnapshot || $0.created > now }.map(\.name))
        kept.formUnion(counted.prefix(max(rules.last, rules.minimum)).map(\.name))
        if let within = rules.within, let newest = counted.first {
            kept.formUnion(counted.filter { newest.created - $0.created <= within }.map(\.name))
        }
        for (period, count) in rules.periods {
            var newest: [DateComponents: String] = [:]
            var order: [DateComponents] = []
            for set in counted {
                let key = Self.components(of: set.created, period)
                guard newest[key] == nil else { continue }
                newest[key] = set.name
                order.append(key)
            }
            kept.formUnion(order.prefix(count).compactMap { newest[$0] })
        }
    }

    private static func components(of seconds: Double, _ period: KeepRules.Period) -> DateComponents {
        let units: Set<Calendar.Component> =
            switch period {
            case .hourly: [.year, .month, .day, .hour]
            case .daily: [.year, .month, .day]
            case .weekly: [.yearForWeekOfYear, .weekOfYear]
            case .monthly: [.year, .month]
            case .yearly: [.year]
            }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .current
        return calendar.dateComponents(units, from: Date(timeIntervalSince1970: seconds))
    }
}
