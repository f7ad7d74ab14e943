package import Archive
import LVM

/// Removes the sets of a destination that no rule keeps.
package struct Prune: Sendable {
    private let destination: String
    private let rules: KeepRules
    private let isDryRun: Bool

    /// - Parameter minimum: so many good sets stay in any case; at least one.
    /// - Throws: ``SettingsError`` where the configuration has no rule.
    package init(destination: String, _ configuration: Configuration, minimum: Int, isDryRun: Bool) throws {
        var rules = KeepRules(configuration)
        guard !rules.isEmpty else {
            throw SettingsError("no rule says which sets stay", advice: "use --keep-last, --keep-daily or another")
        }
        rules.minimum = minimum
        self.destination = destination
        self.rules = rules
        self.isDryRun = isDryRun
    }

    /// - Throws: `ArchiveError`, or where LVM cannot be asked about a set's snapshot.
    package func run() async throws -> [Pruning.Line] {
        let tools = LVMTools()
        return try await Pruning(destination: destination, rules: rules, isDryRun: isDryRun) { facts in
            try await tools.hasVolume(uuid: facts.uuid)
        }.run()
    }
}

extension KeepRules {
    /// The rules that a configuration has.
    init(_ configuration: Configuration) {
        self.init()
        last = configuration.keepLast ?? 0
        periods = [
            .hourly: configuration.keepHourly, .daily: configuration.keepDaily, .weekly: configuration.keepWeekly,
            .monthly: configuration.keepMonthly, .yearly: configuration.keepYearly,
        ]
        .compactMapValues { $0 }
        within = configuration.keepWithin?.inSeconds
    }
}
