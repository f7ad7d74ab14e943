import Foundation

/// The table of `docs/reliability.md`.
actor FaultReport {
    static let shared = FaultReport()
    private static let rows = "reliability.rows"

    /// Adds a row to those of this boot and of earlier ones, and writes the table as it is by now.
    func add(_ result: FaultResult) throws {
        // The first row finds none.
        let before = (try? String(contentsOfFile: "\(Lab.results)/\(Self.rows)", encoding: .utf8)) ?? ""
        let line = Self.line(result)
        // A row that is tried again replaces itself.
        let others = before.split(separator: "\n").filter {
            !$0.hasPrefix("| \(result.row.fault) | \(result.row.moment) |")
        }
        let rows = (others + [line[...]]).joined(separator: "\n") + "\n"
        try Results.write(Self.rows, rows)
        try Results.write("reliability.md", Self.text(rows))
    }

    private static func text(_ rows: String) -> String {
        let cells = rows.split(separator: "\n").map { $0.split(separator: "|").map { $0.drop { $0 == " " } } }
        let worst = cells.compactMap { row in row[4].firstIndex(of: " ").flatMap { Int(row[4][..<$0]) } }.max() ?? 0
        let left = cells.filter { !$0[5].hasPrefix("nothing") }.count
        let all = FaultRows.all.count + LabTests.PowerCuts.points.count
        return """
            # Faults and their results

            Made by `make test-faults` on \(date), \(machine): \(cells.count) rows of \(all). In each one a debug \
            build of the command takes a backup of a MariaDB server under load, with one fault in it. Afterwards no \
            snapshot, mount, process, lock, suspended device or partial set may be left that was not there before, but \
            where the table says so; what is left there is gone after `lvmbackup cleanup` or the next run. All the time a snapshot of \
            another program is there, with the name `mysql_snapshot`, and every published set stays as it is. A failed run \
            names its cause.

            - *entry*: before the work; *middle*: done, and the engine has not heard of it; *exit*: taken over.
            - *published*: every file of the set has the checksum that its manifest says, and plain `tar` reads the \
            archive to its end; *restored*: the fault struck between lock and publication, and a server was started on \
            what `tar` unpacked: every table passes its check, no row that was acknowledged before the freeze is \
            missing, and none is there that was sent after it.
            - *lock held after*: the longest wait of a writer after the fault; at most \(worst) ms.
            - Many runs in a row, with random faults: [soak.md](soak.md).
            - Something was left for the next run or `lvmbackup cleanup` in \(left) rows, and nothing after that.

            | fault | moment | outcome | exit status | lock held after | left behind |
            |---|---|---|---|---|---|
            \(rows)
            """
    }

    private static func line(_ result: FaultResult) -> String {
        let row = result.row
        let wrong = result.complaints.isEmpty ? "" : "; **\(result.complaints.joined(separator: "; "))**"
        let outcome = (result.proof.map { "published, \($0.rawValue)" } ?? "no backup") + wrong
        let stall = result.stall.map(\.milliseconds) ?? "–"
        return
            "| \(row.fault) | \(row.moment) | \(outcome) | \(result.status.map { "\($0)" } ?? "–") | \(stall) | \(left(result)) |"
    }

    private static func left(_ result: FaultResult) -> String {
        guard result.left.isEmpty else {
            let kinds = Set(result.left.map { $0.prefix { $0 != " " } }).sorted().joined(separator: ", ")
            return result.stayed.isEmpty ? "\(kinds); gone afterwards" : "**\(kinds)**"
        }
        return "nothing"
    }

    private static var date: String { String(ISO8601DateFormatter().string(from: Date()).prefix(10)) }

    private static var machine: String {
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        return "Linux \(kernel.trimmingCharacters(in: .whitespacesAndNewlines)) (\(Lab.kind))"
    }
}
