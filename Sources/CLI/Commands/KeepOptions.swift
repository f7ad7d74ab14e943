import ArgumentParser
import LVMBackup

/// The rules by which backup sets are kept, for `backup` and `prune`.
struct KeepOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp(
            "Keep the newest so many sets of this source, and remove others (default: remove none).",
            valueName: "number"
        )
    )
    var keepLast: Int?
    @Option(
        help: ArgumentHelp(
            "Keep the last set of each of the newest so many hours that have one.",
            valueName: "number"
        )
    )
    var keepHourly: Int?
    @Option(help: ArgumentHelp("The same for days.", valueName: "number")) var keepDaily: Int?
    @Option(help: ArgumentHelp("The same for weeks.", valueName: "number")) var keepWeekly: Int?
    @Option(help: ArgumentHelp("The same for months.", valueName: "number")) var keepMonthly: Int?
    @Option(help: ArgumentHelp("The same for years.", valueName: "number")) var keepYearly: Int?
    @Option(help: ArgumentHelp("Keep sets at most this much older than the newest, such as 14d.", valueName: "time"))
    var keepWithin: String?

    func fill(_ settings: inout Settings) {
        settings.set(.keepLast, keepLast)
        settings.set(.keepHourly, keepHourly)
        settings.set(.keepDaily, keepDaily)
        settings.set(.keepWeekly, keepWeekly)
        settings.set(.keepMonthly, keepMonthly)
        settings.set(.keepYearly, keepYearly)
        settings.set(.keepWithin, keepWithin)
    }
}
