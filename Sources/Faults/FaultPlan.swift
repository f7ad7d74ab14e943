/// The faults of one process, in the order in which they were given.
package struct FaultPlan: Equatable, Sendable {
    /// One fault.
    struct Rule: Equatable, Sendable {
        /// Such as `step/mount`, `release/snapshot`, `command/lvcreate`, `shell/lvcreate`, `sql/BACKUP STAGE`: each is
        /// a prefix.
        var point: String
        var moment: FaultMoment
        var act: FaultAct
        /// Which of the passes are meant, counted from 1; all where nil.
        var passes: ClosedRange<Int>?
    }

    private(set) var rules: [Rule] = []
    private var passed: [Int] = []

    /// A plan without faults.
    package init() {}

    /// - Parameter text: `POINT:MOMENT:ACT[@N|@FROM-TO][;…]`, where `@N` means the first N passes.
    /// - Throws: ``UnknownFault``.
    package init(_ text: String) throws {
        rules = try text.split(separator: ";").map(Rule.init)
        passed = Array(repeating: 0, count: rules.count)
    }

    /// Notes a pass; answers the act that is due.
    ///
    /// A point's name goes on with anything but a letter.
    package mutating func pass(_ point: String, _ moment: FaultMoment) -> FaultAct? {
        var act: FaultAct?
        for (index, rule) in rules.enumerated() where rule.moment == moment && rule.means(point) {
            passed[index] += 1
            if act == nil, rule.passes?.contains(passed[index]) ?? true { act = rule.act }
        }
        return act
    }
}

/// A text that is not a fault.
package struct UnknownFault: Error, Equatable, CustomStringConvertible {
    package let text: String

    package var description: String { "not a fault: \"\(text)\"" }
}

extension FaultPlan.Rule {
    init(_ text: Substring) throws(UnknownFault) {
        let parts = text.split(separator: ":")
        guard parts.count == 3, let moment = FaultMoment(rawValue: String(parts[1])) else {
            throw UnknownFault(text: String(text))
        }
        let words = parts[2].split(separator: "@", maxSplits: 1)
        guard let act = FaultAct(words[0]) else { throw UnknownFault(text: String(text)) }
        self.init(point: String(parts[0]), moment: moment, act: act, passes: nil)
        guard words.count == 2 else { return }
        let bounds = words[1].split(separator: "-").compactMap { Int($0) }
        switch bounds.count {
        case 1 where bounds[0] >= 1: passes = 1...bounds[0]
        case 2 where bounds[0] <= bounds[1]: passes = bounds[0]...bounds[1]
        default: throw UnknownFault(text: String(text))
        }
    }

    func means(_ name: String) -> Bool {
        guard name.hasPrefix(point) else { return false }
        return name.dropFirst(point.count).first?.isLetter != true
    }
}
