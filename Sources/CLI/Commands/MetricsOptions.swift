import ArgumentParser
import LVMBackup

struct MetricsOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp(
            "File for the figures of each run, in Prometheus' text format, such as for the node exporter.",
            valueName: "file"
        ),
        completion: .file(extensions: ["prom"])
    )
    var metrics: String?

    func fill(_ settings: inout Settings) { settings.set(.metrics, metrics) }
}
