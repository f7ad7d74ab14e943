import Glibc

/// The rules by which `prune` and the retain step keep sets, with restic's words and meanings; pure.
package struct KeepRules: Sendable, Equatable {
    /// A period of which one set, the last, is kept.
    package enum Period: String, CaseIterable, Sendable {
        case hourly, daily, weekly, monthly, yearly
    }

    /// The newest so many.
    package var last = 0
    /// Of the newest so many periods that have a set, the newest set each.
    package var periods: [Period: Int] = [:]
    /// Seconds before the newest set but one: a wrong clock may have dated the newest.
    package var within: Double?
    /// So many good sets stay in any case, proven ones first; at least one.
    package var minimum = 1

    package init() {}

    package var isEmpty: Bool { last == 0 && within == nil && periods.values.allSatisfy { $0 == 0 } }

    /// Reads a time in restic's units, such as "14d" or "1y6m".
    ///
    /// - Returns: hours, days, weeks, months of 31 days and years of 366 days in seconds; nil where it is no such time.
    package static func seconds(notation text: String) -> Double? {
        let units: [Character: Double] = ["h": 3600, "d": 86_400, "w": 604_800, "m": 2_678_400, "y": 31_622_400]
        var total = 0.0
        var digits = ""
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                guard let unit = units[character], let number = Double(digits) else { return nil }
                total += number * unit
                digits = ""
            }
        }
        return digits.isEmpty && total > 0 && total < 1e11 ? total : nil
    }

    package struct Candidate: Equatable, Sendable {
        package var name: String
        /// Seconds since 1970.
        package var created: Double
        /// Whether it is whole, by its files' sizes and its last verification.
        package var isGood: Bool
        /// Whether its data is known to be consistent, and a server has started on it.
        package var isProven = true
        package var isPinned = false
        /// Whether a snapshot that it stands for exists, or may exist.
        package var hasSnapshot = false
        /// Whether the run that asks has published it: it counts as the newest, also where clocks were wrong.
        package var isCurrent = false
    }

    package struct Decision: Equatable, Sendable {
        package var name: String
        package var keep: Bool
        /// The rules that keep it, or why it goes.
        package var reason: String
    }

    /// Decides about the sets of one source.
    ///
    /// A set dated later than `now` stays and is not counted: a clock was wrong. A set that is not good and newer than the
    /// oldest good one that a rule keeps stays to be looked at.
    ///
    /// The clock of the current run may be wrong, too, so no decision follows from the current set's date. It stays as
    /// the newest one of ``last``, and takes the place of no other set in ``periods`` and ``within``.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Returns: newest first.
    package func decide(_ candidates: [Candidate], now: Double) -> [Decision] {
        let sorted = candidates.sorted { left, right in
            if left.isCurrent != right.isCurrent { return left.isCurrent }
            return (right.created, right.name) < (left.created, left.name)
        }
        let counted = sorted.filter { $0.isGood && !$0.hasSnapshot && ($0.created <= now || $0.isCurrent) }
        let reasons = reasons(counted)
        let oldest = counted.filter { reasons[$0.name] != nil }.map(\.created).min() ?? .infinity
        return sorted.map { set in
            if set.isCurrent { return Decision(name: set.name, keep: true, reason: "published by this run") }
            if set.isPinned { return Decision(name: set.name, keep: true, reason: "kept by \"lvmbackup keep\"") }
            if set.hasSnapshot { return Decision(name: set.name, keep: true, reason: "its snapshot may still exist") }
            if set.created > now {
                return Decision(name: set.name, keep: true, reason: "dated later than now, and not counted")
            }
            if let why = reasons[set.name] {
                return Decision(name: set.name, keep: true, reason: why.joined(separator: ", "))
            }
            guard !set.isGood else { return Decision(name: set.name, keep: false, reason: "no rule keeps it") }
            let isNewer = set.created >= oldest || counted.isEmpty
            return Decision(
                name: set.name,
                keep: isNewer,
                reason: isNewer ? "damaged, and newer than a set that stays" : "damaged"
            )
        }
    }

    /// The rules that keep each of the good sets, newest first.
    ///
    /// The rules are applied to all of them, and to the proven ones as if there were no others: a set that is not proven
    /// never takes the place of a proven one.
    private func reasons(_ sets: [Candidate]) -> [String: [String]] {
        let proven = sets.filter(\.isProven)
        var reasons = ruled(sets)
        for (name, rules) in ruled(proven) where reasons[name] == nil { reasons[name] = rules + ["proven"] }
        let first = proven + sets.filter { !$0.isProven }
        for set in sets.prefix(1) + first.prefix(max(1, minimum)) where reasons[set.name] == nil {
            let isNewest = [sets.first?.name, proven.first?.name].contains(set.name)
            reasons[set.name] = [isNewest ? "newest good set" : "minimum"]
        }
        return reasons
    }

    private func ruled(_ sets: [Candidate]) -> [String: [String]] {
        var reasons: [String: [String]] = [:]
        for set in sets.prefix(last) { reasons[set.name, default: []].append("last") }
        if let within {
            let confirmed = sets.dropFirst().map(\.created).max() ?? -.infinity
            for (index, set) in sets.enumerated() where index == 0 || set.created >= confirmed - within {
                reasons[set.name, default: []].append("within")
            }
        }
        for period in Period.allCases {
            var previous: [Int]?
            var left = periods[period] ?? 0
            for set in sets where left > 0 && !set.isCurrent {
                let key = Self.key(of: set.created, period)
                guard key != previous else { continue }
                previous = key
                left -= 1
                reasons[set.name, default: []].append(period.rawValue)
            }
        }
        return reasons
    }

    /// The common part of all moments of a period, in local time.
    private static func key(of seconds: Double, _ period: Period) -> [Int] {
        var time = time_t(seconds.rounded(.down))
        var parts = tm()
        localtime_r(&time, &parts)
        let (year, month, day) = (Int(parts.tm_year), Int(parts.tm_mon), Int(parts.tm_mday))
        switch period {
        case .hourly: return [year, month, day, Int(parts.tm_hour)]
        case .daily: return [year, month, day]
        case .weekly:
            // ISO weeks begin on Monday; the number of the week's Monday in days tells weeks apart.
            let midnight = Int(seconds.rounded(.down)) + Int(parts.tm_gmtoff)
            let days = Int((Double(midnight) / 86_400).rounded(.down))
            return [days - (Int(parts.tm_wday) + 6) % 7]
        case .monthly: return [year, month]
        case .yearly: return [year]
        }
    }
}

extension KeepRules: CustomStringConvertible {
    /// Such as "last 7, daily 14, within 2.0 days".
    package var description: String {
        var words = last > 0 ? ["last \(last)"] : []
        for period in Period.allCases {
            if let count = periods[period], count > 0 { words.append("\(period.rawValue) \(count)") }
        }
        if let within { words.append("within \((within / 8640).rounded() / 10) days") }
        return words.joined(separator: ", ")
    }
}
