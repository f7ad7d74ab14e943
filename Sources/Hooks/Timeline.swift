import Lifecycle

/// The steps of a run, in order, with the hooks of each.
package struct Timeline: Sendable {
    private let hooks: [Registration]

    package init(_ hooks: [Registration]) { self.hooks = hooks }

    /// The lines of one moment, a step, a filter or an event, or of a name that hooks use.
    ///
    /// - Returns: nil for an unknown name.
    package func lines(of name: String) -> [String]? {
        if let step = StepName(rawValue: name) { return lines(of: step) }
        if let filter = FilterName(rawValue: name) {
            return ["\(name), a \(API.value(filter)), is filtered in step \(filter.step.rawValue)"]
                + asked(.filter, name)
        }
        guard let event = Fact.Kind(rawValue: name) else { return Explanation.lines(of: name) }
        let fields = API.fields(of: event).map(\.name).joined(separator: ", ")
        let place = event.step.map { "in step \($0.rawValue)" } ?? "at any time"
        return ["\(name) is told \(place)\(fields.isEmpty ? "" : ": \(fields)")"] + asked(.on, name)
    }

    /// The lines of the whole run.
    package var lines: [String] {
        let anytime = Fact.Kind.allCases.filter { $0.step == nil }.flatMap { heard($0) }
        return RunKind.backup.steps.flatMap { lines(of: $0) } + ["at any time"] + anytime
            + ["in a restore, in place of the steps above"] + RunKind.restore.steps.flatMap { lines(of: $0) }
            + ["in a verification of a set: verify alone"]
    }

    private func lines(of step: StepName) -> [String] {
        let name = step.rawValue
        let filters = FilterName.allCases.filter { $0.step == step }
        let provider = step.rule.fixedBecause.map { "built-in (this step cannot be replaced: \($0))" } ?? "built-in"
        return ["\(name): \(step.rule.summary)"] + asked(.before, name)
            + filters.flatMap { asked(.filter, $0.rawValue) } + asked(.replace, name) + ["  does     \(provider)"]
            // The last bound hook runs first after a success.
            + asked(.after, name).reversed() + Fact.Kind.allCases.filter { $0.step == step }.flatMap { heard($0) }
            + functions(step)
    }

    private func asked(_ verb: Verb, _ target: String) -> [String] {
        let word = verb.rawValue.padded(8)
        return hooks.filter { $0.verb == verb && $0.target == target }.map { hook in
            let subject = verb == .filter || verb == .on ? "\(target)  " : ""
            return "  \(word) \(subject)\(hook.line(withReason: true))"
        }
    }

    /// An event without a listener is of no interest.
    private func heard(_ event: Fact.Kind) -> [String] { asked(.on, event.rawValue) }

    /// The server of queries, and the functions that are refused there.
    private func functions(_ step: StepName) -> [String] {
        let sessions = SQLSession.line(of: step)
        let asked = sessions.isEmpty ? [] : ["  queries  run:sql asks: \(sessions)"]
        guard step == .snapshot else { return asked }
        let refused = API.runFunctions + API.verdicts
        let names = refused.filter(\.isRefusedUnderLock).map { "run:\($0.name)" }.joined(separator: ", ")
        return ["  refused  \(names): the lock is held from after(\"lock\") until the snapshot is there"]
    }
}

extension Registration {
    /// The hook as lists show it.
    package func line(withReason: Bool) -> String {
        let after = runsAfter.isEmpty ? "" : " after \(runsAfter.joined(separator: ", "))"
        let before = runsBefore.isEmpty ? "" : " before \(runsBefore.joined(separator: ", "))"
        let order = after + before
        let reason = order.isEmpty || !withReason ? "" : " (runs\(order))"
        return "\(name)  \(file):\(line)\(reason)\(description.map { "  \($0)" } ?? "")"
    }
}

extension Fact.Kind {
    /// The step in which it happens; nil where it may be any, or after the last.
    var step: StepName? {
        switch self {
        case .locked: .lock
        case .snapshotted, .unlocked: .snapshot
        case .mounted: .mount
        case .recovered: .recover
        case .archived: .archive
        case .published: .publish
        case .retained: .retain
        case .verified: .verify
        case .restored: .restore
        case .started, .stepStarted, .stepFinished, .message, .retrying, .snapshotUsage, .progress, .warning,
            .releasing, .released, .leaked, .abandoned, .succeeded, .vetoed, .deferred, .failed, .finished:
            nil
        }
    }
}

extension String {
    fileprivate func padded(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
