import LVMBackup

/// The summary of a run that did not simply succeed: the failure, the released things, the advice.
struct Summary {
    let outcome: Outcome
    /// Names of the released things, in order.
    let released: [String]

    var lines: [String] {
        var lines: [String] = []
        if let failure = outcome.failure {
            lines.append("\(headline): \(failure.asLine)")
            if let hook = failure.hook { lines.append("  said by: \(hook)") }
            lines += failure.adviceLines
            lines.append(
                "  cleaned up: \(released.isEmpty ? "nothing had been acquired" : released.joined(separator: ", "))"
            )
        }
        for failure in outcome.suppressed where failure.message != outcome.failure?.message {
            lines.append("  meanwhile: \(failure.message)")
        }
        if outcome.strictHooks, outcome.ending == .succeeded, !outcome.failedHooks.isEmpty {
            lines.append("  hooks that failed (--strict-hooks): \(outcome.failedHooks.joined(separator: ", "))")
        }
        for leak in outcome.leaked {
            lines.append("  LEFT BEHIND: \(leak.name): \(leak.reason)")
            if let repair = leak.repair { lines.append("  repair it with: \(repair)") }
        }
        return lines
    }

    private var headline: String {
        if outcome.failure?.kind == .unverified { return "published, but not verified" }
        let nothing = outcome.kind.nothing
        return switch outcome.ending {
        case .succeeded: "done"
        case .vetoed: "\(nothing), refused by a hook"
        case .deferred: "\(nothing) now"
        case .failed: nothing
        }
    }
}

extension RunKind {
    /// The end of a run that did not do its work.
    fileprivate var nothing: String {
        switch self {
        case .backup: "no backup"
        case .restore: "not restored"
        case .verify: "not verified"
        }
    }
}

extension Failure {
    /// The advice for the operator, as indented lines; none where the failure has no advice.
    var adviceLines: [String] {
        guard let lines = advice?.printableLines, let first = lines.first else { return [] }
        return ["  advice: \(first)"] + lines.dropFirst().map { "  \($0)" }
    }
}
