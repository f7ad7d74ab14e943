import LVMBackup

/// The figures of a backup run, in Prometheus' text format.
///
/// Each sample has the destination as a label: the collector takes files of several runs only with different labels.
struct RunMetrics {
    private let destination: String
    private let began: Double
    private var archiveBytes: Int64?
    private var peakUsage: Double?

    /// - Parameter began: seconds since 1970, as all times here.
    init(destination: String, began: Double) {
        self.destination = destination
        self.began = began
    }

    mutating func note(_ fact: Fact) {
        switch fact {
        case .archived(let archive): archiveBytes = archive.bytes
        case .snapshotUsage(let share): peakUsage = max(peakUsage ?? 0, share)
        default: break
        }
    }

    /// The whole file.
    ///
    /// - Parameter old: the file that is there; the figures of the last success are taken from it after a failure.
    func text(_ outcome: Outcome, ended: Double, before old: String?) -> String {
        let isGood = outcome.ending == .succeeded && outcome.set != nil
        let families = [build] + ofRun(outcome, ended: ended, isGood: isGood)
        let success = isGood ? ofSuccess(ended: ended) : Self.successes.compactMap { kept($0, in: old ?? "") }
        return (families + success).filter { !$0.samples.isEmpty }.map(\.text).joined()
    }

    private var build: MetricFamily {
        var family = MetricFamily("lvmbackup_build_info", "The version of lvmbackup that made these figures.")
        family.add(1, labels + [("version", Version.current)])
        return family
    }

    private func ofRun(_ outcome: Outcome, ended: Double, isGood: Bool) -> [MetricFamily] {
        var steps = MetricFamily("lvmbackup_last_run_step_duration_seconds", "The length of each step of the last run.")
        for (step, seconds) in outcome.timings.sorted(by: { $0.key < $1.key }) {
            steps.add(seconds, labels + [("step", step)])
        }
        var parts = MetricFamily("lvmbackup_last_run_lock_part_seconds", "The length of each part of the lock.")
        for (part, seconds) in outcome.lockTimings?.parts ?? [] {
            parts.add(seconds, labels + [("part", part.rawValue)])
        }
        return [
            one("last_run_timestamp_seconds", "The end of the last run, since 1970.", ended),
            one("last_run_success", "Whether the last run published a good set: 1 or 0.", isGood ? 1 : 0),
            one("last_run_exit_status", "The exit status of the last run.", Double(outcome.exitStatus)),
            one("last_run_duration_seconds", "The length of the last run.", max(ended - began, 0)),
            steps,
            one("last_run_lock_wait_seconds", "How long writers waited for the lock.", outcome.lockWaitSeconds),
            one("last_run_lock_held_seconds", "How long the lock was held.", outcome.lockHeldSeconds),
            parts,
            one("last_run_snapshot_usage_ratio", "The fullest state of the snapshot or its pool, 0 to 1.", peakUsage),
            one("last_run_warnings", "The number of warnings of the last run.", Double(outcome.warnings.count)),
            one("last_run_left_behind", "The number of things that were not released.", Double(outcome.leaked.count)),
        ]
    }

    // MARK: The last success

    private static let successes = [
        MetricFamily("lvmbackup_last_success_timestamp_seconds", "The end of the last good run, since 1970."),
        MetricFamily("lvmbackup_last_success_archive_bytes", "The size of the archive of the last good run."),
    ]

    private func ofSuccess(ended: Double) -> [MetricFamily] {
        zip(Self.successes, [ended, archiveBytes.map(Double.init)]).map { family, value in
            var family = family
            if let value { family.add(value, labels) }
            return family
        }
    }

    /// The figure of an older file for the same destination; nil where it has none that is a number.
    private func kept(_ family: MetricFamily, in old: String) -> MetricFamily? {
        let start = MetricFamily.sample(family.name, labels)
        guard let line = old.split(separator: "\n").first(where: { $0.hasPrefix(start) }),
            let value = Double(line.dropFirst(start.count)), value.isFinite, value >= 0
        else { return nil }
        var family = family
        family.add(value, labels)
        return family
    }

    private var labels: [(String, String)] { [("destination", destination)] }

    private func one(_ name: String, _ help: String, _ value: Double?) -> MetricFamily {
        var family = MetricFamily("lvmbackup_" + name, help)
        if let value { family.add(value, labels) }
        return family
    }
}

/// The samples of one name.
struct MetricFamily {
    let name: String
    private let help: String
    private(set) var samples: [String] = []

    init(_ name: String, _ help: String) {
        self.name = name
        self.help = help
    }

    mutating func add(_ value: Double, _ labels: [(String, String)]) {
        samples.append(Self.sample(name, labels) + Self.number(value))
    }

    var text: String {
        (["# HELP \(name) \(help)", "# TYPE \(name) gauge"] + samples).map { $0 + "\n" }.joined()
    }

    /// A sample without its value.
    static func sample(_ name: String, _ labels: [(String, String)]) -> String {
        "\(name){\(labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ","))} "
    }

    private static func escaped(_ text: String) -> String {
        // Not by characters: CR and LF make one of both.
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(scalar)
            }
        }.joined()
    }

    /// Whole numbers without a fraction, others with all their digits.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }
}
