import Archive
import ArgumentParser
import LVMBackup

struct PruneCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old backup sets by rules.",
        discussion: """
            The rules are restic's, applied to each server and volume by itself. The newest good set always stays, and so \
            do sets marked by "keep", sets that are being read, and everything that is no set.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: "Directory of the backup sets (default: \"backup-directory\" of the configuration).",
        completion: .directory
    )
    var directory: String?
    @OptionGroup var sets: SetOptions
    @Option(help: "Keep the newest so many sets.") var keepLast: Int?
    @Option(help: "Keep the last set of each of the newest so many hours that have one.") var keepHourly: Int?
    @Option(help: "The same for days.") var keepDaily: Int?
    @Option(help: "The same for weeks.") var keepWeekly: Int?
    @Option(help: "The same for months.") var keepMonthly: Int?
    @Option(help: "The same for years.") var keepYearly: Int?
    @Option(help: ArgumentHelp("Keep sets this much older than the newest, such as 14d.", valueName: "time"))
    var keepWithin: String?
    @Option(help: "Keep so many good sets in any case.") var minimum: Int = 1
    @Flag(help: "Print what would be removed, and remove nothing.") var dryRun: Bool = false

    func perform() async throws -> Int32 {
        let lines = try await Prune(
            destination: try sets.destination(directory),
            rules: try rules(),
            isDryRun: dryRun
        ).run()
        let rows = lines.map { line in
            let word = line.failure != nil ? "FAILED" : line.keep ? "keep" : dryRun ? "would remove" : "removed"
            return [word, line.name, line.failure ?? line.reason]
        }
        for line in SetTable(rows: rows).lines { printLine(line) }
        return lines.contains { $0.failure != nil } ? 1 : 0
    }

    /// - Throws: `ValidationError` for numbers that make no sense, or where there is no rule.
    func rules() throws -> KeepRules {
        var rules = KeepRules()
        let counts: [KeepRules.Period: Int?] = [
            .hourly: keepHourly, .daily: keepDaily, .weekly: keepWeekly, .monthly: keepMonthly, .yearly: keepYearly,
        ]
        for case (let period, let count?) in counts { rules.periods[period] = count }
        rules.last = keepLast ?? 0
        rules.minimum = minimum
        if let keepWithin {
            guard let seconds = Self.seconds(keepWithin) else {
                throw ValidationError("\"\(keepWithin)\" is no time; write such as 36h, 14d or 8w")
            }
            rules.within = seconds
        }
        guard rules.last >= 0, rules.minimum >= 1, rules.periods.values.allSatisfy({ $0 >= 0 }) else {
            throw ValidationError("the numbers of sets must not be negative, and --minimum is at least 1")
        }
        guard !rules.isEmpty else { throw ValidationError("no rule: use --keep-last, --keep-daily or another") }
        return rules
    }

    /// Hours, days, weeks, months of 31 days or years of 366 days, in seconds.
    private static func seconds(_ text: String) -> Double? {
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
        return digits.isEmpty && total > 0 ? total : nil
    }
}
