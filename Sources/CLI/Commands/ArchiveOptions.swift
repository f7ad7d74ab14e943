import ArgumentParser
import LVMBackup

struct ArchiveOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp(
            "zstd, gzip or none, with a level: zstd:3 (default: zstd).",
            valueName: "method[:level]"
        )
    )
    var compress: String?

    @Option(
        help: ArgumentHelp(
            "Leave out what matches, relative to the data directory; may be given several times.",
            valueName: "pattern"
        )
    )
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp("Threads that read and compress (default: what suits the machine).", valueName: "number")
    )
    var threads: Int?

    @OptionGroup var keep: KeepOptions

    func fill(_ settings: inout Settings) {
        settings.set(.compress, compress)
        settings.set(.exclude, exclude)
        settings.set(.threads, threads)
        keep.fill(&settings)
    }
}
