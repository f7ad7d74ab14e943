import FoundationEssentials
import Lifecycle

/// Removes the sets of a destination that no rule keeps, for each source by itself.
package struct Pruning: Sendable {
    private let destination: String
    private let rules: KeepRules
    private let isDryRun: Bool
    private let snapshotExists: RetainStep.SnapshotLookup
    private let now: @Sendable () -> Double

    package struct Line: Sendable, Equatable {
        package var name: String
        package var keep: Bool
        package var reason: String
        /// Of the archive; 0 where the set has none.
        package var bytes: Int64 = 0
        /// Why a set that was to go is still there.
        package var failure: String?
    }

    package init(
        destination: String,
        rules: KeepRules,
        isDryRun: Bool,
        snapshotExists: @escaping RetainStep.SnapshotLookup = { _ in nil },
        now: (@Sendable () -> Double)? = nil
    ) {
        self.destination = destination
        self.rules = rules
        self.isDryRun = isDryRun
        self.snapshotExists = snapshotExists
        self.now = now ?? { Date().timeIntervalSince1970 }
    }

    /// - Returns: each set and what became of it, newest first within its source.
    /// - Throws: ``ArchiveError``
    package func run() async throws -> [Line] {
        let destination = destination
        let list = try await SetList.read(destination)
        let removal = try await onOwnThread { try SetRemoval(destination: destination) }
        var lines: [Line] = []
        var questions = SnapshotQuestions(snapshotExists)
        for group in Self.bySource(list.items) {
            if !isDryRun, let source = group.first?.manifest?.source {
                for failure in try await onOwnThread({ try removal.finishInterrupted(of: source) }) {
                    lines.append(
                        Line(name: "", keep: true, reason: "interrupted removal", failure: failure.failure.message)
                    )
                }
            }
            lines += try await prune(group, removal, &questions)
        }
        return lines
    }

    private func prune(
        _ sets: [SetList.Item],
        _ removal: SetRemoval,
        _ questions: inout SnapshotQuestions
    ) async throws -> [Line] {
        var candidates: [KeepRules.Candidate] = []
        for set in sets {
            guard let manifest = set.manifest else { continue }
            let hasSnapshot = try await questions.mayExist(of: manifest)
            candidates.append(
                KeepRules.Candidate(
                    name: set.name,
                    created: manifest.moment.seconds,
                    isGood: set.state == .good || set.state == .elsewhere,
                    isProven: manifest.isProven(by: set.verified),
                    isPinned: set.isKept,
                    hasSnapshot: hasSnapshot
                )
            )
        }
        var lines: [Line] = []
        let known = Dictionary(sets.map { ($0.name, $0) }) { first, _ in first }
        for decision in rules.decide(candidates, now: now()) {
            let set = known[decision.name]
            var line = Line(name: decision.name, keep: decision.keep, reason: decision.reason)
            line.bytes = set?.manifest?.archive?.bytes ?? 0
            if !decision.keep, !isDryRun, let set { line.failure = await remove(set, removal) }
            lines.append(line)
        }
        return lines
    }

    /// A set that cannot be removed does not keep the others.
    ///
    /// - Returns: why it is still there.
    private func remove(_ set: SetList.Item, _ removal: SetRemoval) async -> String? {
        guard let manifest = set.manifest else { return nil }
        let entry = Catalog.Entry(name: set.name, manifest: manifest)
        do {
            try await onOwnThread { try removal.remove(entry) }
            return nil
        } catch {
            return Failure(error).message
        }
    }

    private static func bySource(_ items: [SetList.Item]) -> [[SetList.Item]] {
        var groups: [[SetList.Item]] = []
        for item in items {
            guard let source = item.manifest?.source else { continue }
            let same = groups.firstIndex { $0.first?.manifest?.source.isSame(as: source) ?? false }
            if let same { groups[same].append(item) } else { groups.append([item]) }
        }
        return groups
    }
}
