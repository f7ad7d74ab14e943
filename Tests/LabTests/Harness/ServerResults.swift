import Foundation

/// Rows of `docs/servers.md`: root, scenario, plan and what was measured, separated by tabs, in `servers.rows`.
enum ServerResults {
    static func note(
        _ scenario: String,
        plan: String,
        held: Double? = nil,
        stall: Double? = nil,
        recovery: Double? = nil,
        outcome: String
    ) throws {
        let columns = [
            Lab.rootName ?? "", scenario, plan, held?.milliseconds ?? "", stall?.milliseconds ?? "",
            recovery.map { "\(($0 * 10).rounded() / 10) s" } ?? "", outcome,
        ]
        let file = "\(Lab.results)/servers.rows"
        // There is none before the first row.
        let before = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        try Results.write("servers.rows", before + columns.joined(separator: "\t") + "\n")
    }
}
