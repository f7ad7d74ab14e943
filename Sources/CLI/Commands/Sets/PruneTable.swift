import Archive
import LVMBackup

/// The outcome of a retention in lines for people.
struct PruneTable {
    let text: [String]

    /// - Parameter destination: the directory of the sets.
    init(_ lines: [Pruning.Line], of destination: String, isDryRun: Bool) {
        guard !lines.isEmpty else {
            text = ["\"\(destination)\" holds no backup sets"]
            return
        }
        let rows = lines.map { line in
            let word = line.failure != nil ? "FAILED" : line.keep ? "keep" : isDryRun ? "would remove" : "removed"
            return [word, line.name, line.failure ?? line.reason]
        }
        text = SetTable(rows: rows).lines + [Self.summary(lines, isDryRun)]
    }

    /// The numbers are those of manifests, which may be another user's.
    private static func size(of lines: [Pruning.Line]) -> Int64 {
        lines.reduce(0) { sum, line in
            let (sum, isTooLarge) = sum.addingReportingOverflow(max(0, line.bytes))
            return isTooLarge ? .max : sum
        }
    }

    private static func summary(_ lines: [Pruning.Line], _ isDryRun: Bool) -> String {
        let removed = lines.filter { !$0.keep && $0.failure == nil }
        let failed = lines.count { $0.failure != nil }
        let verbs = isDryRun ? ("would be kept", "would be removed") : ("kept", "removed")
        var parts = ["sets: \(lines.count - removed.count - failed) \(verbs.0)"]
        parts.append("\(removed.count) \(verbs.1) (\(size(of: removed).asSize))")
        if failed > 0 { parts.append("\(failed) could not be removed") }
        return parts.joined(separator: ", ")
    }
}
