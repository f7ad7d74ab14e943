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
            "Leave out paths that match, relative to the data directory; may be given several times.",
            valueName: "pattern"
        )
    )
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Threads that read and compress (default: one more than cores, at most 16).",
            valueName: "number"
        )
    )
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "Verify the published set: checksums, structure or start (default: not at all).",
            valueName: "level"
        )
    )
    var verify: String?

    @Option(
        help: ArgumentHelp(
            "Directory of root's for the restored data of a verification (default: beside the set).",
            valueName: "directory"
        ),
        completion: .directory
    )
    var scratch: String?

    @OptionGroup var keep: KeepOptions

    func fill(_ settings: inout Settings) {
        settings.set(.compress, compress)
        settings.set(.exclude, exclude)
        settings.set(.threads, threads)
        settings.set(.verify, verify)
        settings.set(.scratch, scratch)
        keep.fill(&settings)
    }
}
