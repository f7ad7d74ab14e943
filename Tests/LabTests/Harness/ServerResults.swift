import Foundation

/// Rows of `docs/servers.md`: root, suite, scenario, plan and what was measured, separated by tabs, in `servers.rows`.
enum ServerResults {
    static func note(
        _ scenario: String,
        plan: String,
        held: Double? = nil,
        stall: Double? = nil,
        recovery: Double? = nil,
        outcome: String,
        in file: String = #fileID
    ) throws {
        // A suite has a file of its name; the proof that they share is called by a test.
        let suite = file.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file
        let columns = [
            Lab.rootName ?? "", suite, scenario, plan, held?.milliseconds ?? "", stall?.milliseconds ?? "",
            recovery.map { "\(($0 * 10).rounded() / 10) s" } ?? "", outcome,
        ]
        // There is none before the first row.
        let before = (try? String(contentsOfFile: "\(Lab.results)/servers.rows", encoding: .utf8)) ?? ""
        try Results.write("servers.rows", before + columns.joined(separator: "\t") + "\n")
    }
}
