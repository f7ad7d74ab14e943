package import Archive
import Storage

/// Removes the sets of a destination that no rule keeps.
package struct Prune: Sendable {
    private let destination: String
    private let rules: KeepRules
    private let isDryRun: Bool
    private let volumes: any OwnedVolumes

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
        volumes = Technologies(configuration).storage.volumes
    }

    /// - Throws: `ArchiveError`, or where the storage cannot be asked about a set's snapshot.
    package func run() async throws -> [Pruning.Line] {
        try await Pruning(destination: destination, rules: rules, isDryRun: isDryRun) { facts in
            try await volumes.exists(uuid: facts.uuid)
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
