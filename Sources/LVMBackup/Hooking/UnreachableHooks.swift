import Hooks
import Lifecycle

/// Hooks that are never called under a configuration, and why.
struct UnreachableHooks {
    private let configuration: Configuration
    private let registrations: [Registration]
    private let replaced: Set<StepName>
    /// The steps whose built-in provider is surely not called.
    private let taken: Set<StepName>

    init(_ registrations: [Registration], _ configuration: Configuration) {
        self.configuration = configuration
        self.registrations = registrations
        let replacements = registrations.filter { $0.verb == .replace }
        replaced = Set(replacements.compactMap { StepName(rawValue: $0.target) })
        taken = Set(replacements.filter { !$0.mayDecline }.compactMap { StepName(rawValue: $0.target) })
    }

    /// One line for each such hook.
    static func notes(_ registrations: [Registration], _ configuration: Configuration) -> [String] {
        let (never, elsewhere) = sorted(registrations, configuration)
        return never + elsewhere
    }

    /// The same, those apart that another run calls: a site that verifies its sets later has them for that.
    static func sorted(
        _ registrations: [Registration],
        _ configuration: Configuration
    ) -> (never: [String], elsewhere: [String]) {
        let unreachable = UnreachableHooks(registrations, configuration)
        var (never, elsewhere): ([String], [String]) = ([], [])
        for hook in registrations {
            guard let line = unreachable.line(hook) else { continue }
            let note = "\(hook.file):\(hook.line): \(hook.name) \(line)"
            if unreachable.isOfVerification(hook) { elsewhere.append(note) } else { never.append(note) }
        }
        return (never, elsewhere)
    }

    private func isOfVerification(_ hook: Registration) -> Bool {
        hook.target == StepName.verify.rawValue || hook.target == Fact.Kind.verified.rawValue
    }

    /// Why the run cannot verify its set as it was asked to; nil: it can.
    static func obstacle(toVerifyAfter registrations: [Registration], _ configuration: Configuration) -> String? {
        let hooks = UnreachableHooks(registrations, configuration)
        guard let level = configuration.verify, hooks.taken.contains(.archive), !hooks.replaced.contains(.verify) else {
            return nil
        }
        let writer = registrations.first {
            $0.verb == .replace && $0.target == StepName.archive.rawValue && !$0.mayDecline
        }
        let place = writer.map { "\($0.file):\($0.line): " } ?? ""
        return "\(place)--verify \(level) fails each run: a hook writes the archive, which only a hook can verify"
    }

    private func line(_ hook: Registration) -> String? {
        if let reason = never(hook) {
            return isOfVerification(hook)
                ? "is called by \"lvmbackup verify\" alone: \(reason)" : "is never called: \(reason)"
        }
        // A hook before the flush is one before the lock: it has its use where nothing is flushed.
        guard hook.verb == .before, let step = StepName(rawValue: hook.target), step != .flush else { return nil }
        return notDone(step).map { "is called before a step that does nothing: \($0)" }
    }

    /// Why a backup under this configuration does not call the hook.
    private func never(_ hook: Registration) -> String? {
        switch hook.verb {
        case .before: StepName(rawValue: hook.target).flatMap(notReached)
        case .replace: StepName(rawValue: hook.target).flatMap(notReached) ?? notAsked(behind: hook)
        case .after: StepName(rawValue: hook.target).flatMap { notReached($0) ?? notDone($0) }
        case .filter: FilterName(rawValue: hook.target).flatMap(notAsked)
        case .on: Fact.Kind(rawValue: hook.target).flatMap(notHeard)
        }
    }

    /// Why a run does not come to the step.
    private func notReached(_ step: StepName) -> String? {
        guard configuration.snapshotOnly, step.rule.readsSnapshot else { return nil }
        return "with --snapshot-only the snapshot itself is the backup"
    }

    /// The replacement of another file that takes the step before this one is asked.
    private func notAsked(behind hook: Registration) -> String? {
        let first = registrations.first { $0.verb == .replace && $0.target == hook.target && !$0.mayDecline }
        guard let first, first.file != hook.file,
            let place = registrations.firstIndex(where: { $0.file == hook.file && $0.line == hook.line }),
            registrations[..<place].contains(where: { $0.file == first.file && $0.line == first.line })
        else { return nil }
        return "the replacement of \(first.file):\(first.line) does not decline"
    }

    /// The reason why the step has no provider.
    private func notDone(_ step: StepName) -> String? {
        guard !replaced.contains(step) else { return nil }
        switch step {
        case .recover where !configuration.innodbRecovery: return "recovery is switched off (innodb-recovery)"
        case .verify where configuration.verify == nil: return "the backup verifies no set without --verify"
        case .verify where configuration.destination == "-": return "the set is a stream, which is not verified"
        case .verify where configuration.snapshotOnly: return "with --snapshot-only there is no archive to verify"
        case .verify where taken.contains(.archive): return "a hook writes the archive, which only a hook can verify"
        case .retain where configuration.destination == "-": return "a stream has no directory of sets"
        case .retain where !removesSets: return "all sets are kept: there is no keep rule, such as --keep-last"
        case .flush where configuration.skipExtraFlushTables: return "the extra flush is switched off"
        case .flush where [.stage, .instance, .none].contains(configuration.lock):
            return "the lock plan \"\(configuration.lock.rawValue)\" needs no flush"
        default: return nil
        }
    }

    private func notAsked(_ filter: FilterName) -> String? {
        switch filter {
        case .snapshotSize: taken.contains(.snapshot) ? Self.ownSnapshot : nil
        case .archiveExclude: taken.contains(.archive) ? "a hook replaces the step archive" : notReached(.archive)
        case .archiveName: configuration.destination == "-" && taken.contains(.archive) ? "there is no set" : nil
        case .retentionPlan: notDone(.retain)
        }
    }

    private func notHeard(_ event: Fact.Kind) -> String? {
        switch event {
        case .mounted: notReached(.mount)
        case .recovered: notReached(.recover) ?? notDone(.recover)
        case .archived: notReached(.archive)
        case .retained: notDone(.retain)
        case .locked, .unlocked:
            configuration.lock == .none && !replaced.contains(.lock) ? "the lock plan \"none\" locks nothing" : nil
        case .verified: notDone(.verify)
        case .snapshotUsage: taken.contains(.snapshot) ? "\(Self.ownSnapshot), which tells no usage" : nil
        case .started, .stepStarted, .stepFinished, .message, .retrying, .snapshotted, .progress, .warning, .releasing,
            .released, .leaked, .published, .restored, .abandoned, .succeeded, .vetoed, .deferred, .failed, .finished:
            nil
        }
    }

    private static let ownSnapshot = "a hook replaces the step snapshot"

    private var removesSets: Bool { configuration.keepsByRules }
}

extension Configuration {
    /// Whether any rule says which sets stay; without one all do.
    var keepsByRules: Bool {
        keepLast != nil || keepHourly != nil || keepDaily != nil || keepWeekly != nil || keepMonthly != nil
            || keepYearly != nil || keepWithin != nil
    }
}
