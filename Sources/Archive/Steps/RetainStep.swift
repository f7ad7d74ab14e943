internal import Faults
import FoundationEssentials
package import Lifecycle

/// Removes old backup sets of the source that was just backed up.
package struct RetainStep: StepProvider {
    /// Whether the snapshot of a set that stands for one is still there; nil where it cannot be told.
    package typealias SnapshotLookup = @Sendable (Manifest.SnapshotFacts) async throws -> Bool?

    package let name = "retain"
    private let options: ArchiveOptions
    private let rules: KeepRules?
    private let snapshotExists: SnapshotLookup
    private let now: @Sendable () -> Double

    /// - Parameters:
    ///   - rules: those by which sets stay; nil keeps everything.
    ///   - snapshotExists: as long as it does not say no, a set that stands for a snapshot stays.
    ///   - now: seconds since 1970; nil: by the system's clock.
    package init(
        _ options: ArchiveOptions,
        rules: KeepRules?,
        snapshotExists: @escaping SnapshotLookup = { _ in nil },
        now: (@Sendable () -> Double)? = nil
    ) {
        self.options = options
        self.rules = rules
        self.now = now ?? { Date().timeIntervalSince1970 }
        self.snapshotExists = snapshotExists
    }

    package func provide(_ run: Run) async throws -> Provision<Retention> {
        guard let rules else { return .declined("everything is kept") }
        guard let directory = options.directory else { return .declined("there is no directory of sets") }
        let source = Manifest(of: run, options, published: run.started).source
        let removal = try await onOwnThread { try SetRemoval(destination: directory) }
        for failure in try await onOwnThread({ try removal.finishInterrupted(of: source) }) {
            run.warn("an interrupted removal cannot be finished: \(failure.failure.message)")
        }
        let sets = try await SetList.read(directory).items.compactMap { item in
            item.manifest.flatMap { $0.source.isSame(as: source) ? OwnSet(item: item, manifest: $0) : nil }
        }
        let sources = RetentionRules(try await candidates(sets, run), now: now())
        for name in sources.postdated {
            run.warn("the set \"\(name)\" is dated later than now: it is neither counted nor removed; check the clock")
        }
        let plan = try await run.apply(.retentionPlan, to: sources.plan(rules)) { _ = try sources.removals(of: $0) }
        return .result(try await carryOut(try sources.removals(of: plan), sets, removal, run))
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let rules, let directory = options.directory else { return [] }
        return ["remove sets of this server in \(directory) that no rule keeps: \(rules)"]
    }

    /// A set of the source that was just backed up.
    private struct OwnSet: Sendable {
        let item: SetList.Item
        let manifest: Manifest

        var name: String { item.name }
        var isWhole: Bool { item.state == .good || item.state == .elsewhere }
    }

    private func candidates(_ sets: [OwnSet], _ run: Run) async throws -> [RetentionRules.Candidate] {
        var candidates: [RetentionRules.Candidate] = []
        var questions = SnapshotQuestions(snapshotExists)
        for set in sets {
            let hasSnapshot = try await questions.mayExist(of: set.manifest)
            candidates.append(
                RetentionRules.Candidate(
                    name: set.name,
                    created: set.manifest.moment.seconds,
                    isWhole: set.isWhole,
                    isProven: set.manifest.isProven(by: set.item.verified),
                    hasSnapshot: hasSnapshot,
                    isCurrent: set.manifest.run == run.id,
                    isKept: set.item.isKept
                )
            )
        }
        return candidates
    }

    /// A set that cannot be removed does not keep the others.
    private func carryOut(
        _ names: [String],
        _ sets: [OwnSet],
        _ removal: SetRemoval,
        _ run: Run
    ) async throws -> Retention {
        var (removed, elsewhere): ([String], [String]) = ([], [])
        let names = Set(names)
        for set in sets.reversed() where names.contains(set.name) {
            do {
                try await Faults.pass("step/retain", .middle)
                let entry = Catalog.Entry(name: set.name, manifest: set.manifest)
                try await onOwnThread { try removal.remove(entry) }
                removed.append(set.name)
                if set.item.state == .elsewhere, let archive = set.manifest.archive {
                    elsewhere.append(archive.location)
                }
            } catch {
                run.warn("the set \"\(set.name)\" stays: \(Failure(error).message)")
            }
        }
        let gone = Set(removed)
        return Retention(
            kept: sets.map(\.name).filter { !gone.contains($0) },
            removed: removed,
            elsewhere: elsewhere
        )
    }
}
