import FoundationEssentials
import LVMBackup

/// The findings of a check, for people, programs and monitoring.
struct CheckReport {
    private let report: HostCheck.Report
    private let limits: AgeLimits

    init(_ report: HostCheck.Report, limits: AgeLimits) {
        self.report = report
        self.limits = limits
    }

    private var findings: [CheckFinding] { report.findings }
    private var failed: [CheckFinding] { findings.filter { $0.state == .failed } }
    private var warned: [CheckFinding] { findings.filter { $0.state == .warning } }

    var exitStatus: Int32 { failed.isEmpty ? 0 : 1 }

    // MARK: For people

    /// A line for each finding, and its remedy below it.
    ///
    /// - Parameter limit: columns of the terminal, at which lines are broken; nil for lines of any length.
    func text(limit: Int? = nil) -> String {
        let width = findings.map(\.name.count).max() ?? 0
        let lines = findings.flatMap { finding in
            let name = finding.name + String(repeating: " ", count: width - finding.name.count)
            return ["\(finding.state.word)  \(name)  \(finding.text)"] + remedy(finding)
        }
        let printable = (lines + [total]).map(\.printable)
        let broken = limit.map { limit in printable.flatMap { $0.wrapped(to: limit, indent: width + 10) } }
        return (broken ?? printable).map { $0 + "\n" }.joined()
    }

    private func remedy(_ finding: CheckFinding) -> [String] {
        finding.advice.map { advice in advice.printableLines.map { "         -> \($0)" } } ?? []
    }

    private var total: String {
        if !failed.isEmpty { return "\(failed.count) of \(findings.count) checks failed: backups do not work" }
        return warned.isEmpty ? "all is well" : "backups work; \(warned.count) warnings"
    }

    // MARK: For programs

    private struct Object: Encodable {
        var schema = 1
        var state: CheckFinding.State
        var newest: NewestSet?
        var checks: [CheckFinding]

        private enum CodingKeys: String, CodingKey {
            case schema, state
            case newest = "newest_set"
            case checks
        }
    }

    /// One object on one line.
    func json() throws -> String {
        let state: CheckFinding.State = !failed.isEmpty ? .failed : warned.isEmpty ? .ok : .warning
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = Object(state: state, newest: report.newest, checks: findings)
        return String(decoding: try encoder.encode(object), as: UTF8.self).printableJSON + "\n"
    }

    // MARK: For monitoring

    /// As the guidelines of Monitoring Plugins have it: OK, WARNING, CRITICAL.
    ///
    /// Without any good set it is critical.
    var nagiosStatus: Int32 { !failed.isEmpty || lacksSet ? 2 : warned.isEmpty ? 0 : 1 }

    /// A destination that was looked at, and held none.
    private var lacksSet: Bool { report.newest == nil && findings.contains { $0.name == "sets" } }

    /// A line with the worst finding and the figures, then a line for each finding that is not well.
    var nagios: String {
        let word = ["OK", "WARNING", "CRITICAL"][Int(nagiosStatus)]
        let sets = findings.filter { $0.name == "sets" }
        let head = failed.first ?? (lacksSet ? sets.first : nil) ?? warned.first ?? sets.first
        let first = "LVMBACKUP \(word) - \(plain(head.map { "\($0.name): \($0.text)" } ?? "all is well"))"
        let rest = (failed + warned).map { finding in
            plain(
                "\(finding.state.rawValue): \(finding.name): \(finding.text)" + (finding.advice.map { "; \($0)" } ?? "")
            )
        }
        return ([first + figures] + rest).map { $0 + "\n" }.joined()
    }

    private var figures: String {
        guard let newest = report.newest else { return "" }
        let age = "age=\(Int(newest.age))s;\(Int(limits.warning));\(Int(limits.critical));0"
        return " | " + age + (newest.bytes.map { " size=\($0)B;;;0" } ?? "")
    }

    /// A bar would begin the figures.
    private func plain(_ text: String) -> String { text.replacing("|", with: "/").printable }
}

extension CheckFinding.State {
    fileprivate var word: String {
        switch self {
        case .ok: "OK    "
        case .warning: "WARN  "
        case .failed: "FAILED"
        case .skipped: "-     "
        }
    }
}
