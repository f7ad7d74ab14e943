package import Archive
import LVM

/// Removes the sets of a destination that no rule keeps.
package struct Prune: Sendable {
    private let destination: String
    private let rules: KeepRules
    private let isDryRun: Bool

    package init(destination: String, rules: KeepRules, isDryRun: Bool) {
        self.destination = destination
        self.rules = rules
        self.isDryRun = isDryRun
    }

    /// - Throws: `ArchiveError`, or where LVM cannot be asked about a set's snapshot.
    package func run() async throws -> [Pruning.Line] {
        let tools = LVMTools()
        return try await Pruning(destination: destination, rules: rules, isDryRun: isDryRun) { facts in
            guard !facts.uuid.isEmpty else { return nil }
            return try await !tools.volumes(where: "lv_uuid=\(facts.uuid)").isEmpty
        }.run()
    }
}
