import Testing

@testable import MySQL

/// Answers to `CHECK TABLE` of MariaDB 10.11 and MySQL 9.7.4, as they were measured.
@Suite struct TableVerdictTests {
    private func verdict(_ rows: [(String, String)]) -> TableVerdict {
        let columns = ["Table", "Op", "Msg_type", "Msg_text"]
        return TableVerdict(Rows(columns: columns, values: rows.map { ["d.t", "check", $0.0, $0.1] }))
    }

    private static let missingChild =
        "Unable to open underlying table which is differently defined or of non-MyISAM type or doesn't exist"

    @Test(
        arguments: [
            [("status", "OK")], [("status", "Table is already up to date")],
            [("note", "The storage engine for the table doesn't support check")],
            [("warning", "1 client is using or hasn't closed the table properly"), ("status", "OK")],
            [],
        ] as [[(String, String)]]
    )
    func `notes and warnings say nothing against a table`(rows: [(String, String)]) {
        #expect(verdict(rows) == .good)
    }

    @Test(arguments: [
        [("error", "Corrupt")],
        [("Warning", "InnoDB: The B-tree of index PRIMARY is corrupted."), ("error", "Corrupt")],
        [
            ("error", "Can't read indexpage from filepos: 1024"),
            ("Error", "Index for table './d/m.MYI' is corrupt; try to repair it"), ("error", "Corrupt"),
        ],
        [("Error", "Incorrect file format 'm'"), ("error", "Corrupt")],
        [("Error", "Table './d/m' is marked as crashed and should be repaired"), ("error", "Corrupt")],
        [("Error", "Got error 176 \"Read page with wrong checksum\" from storage engine Aria"), ("error", "Corrupt")],
        [("error", "Found wrong record at 0"), ("error", "Table upgrade required. Please do \"REPAIR TABLE `t`\"")],
        [("error", "Partition p0 returned error"), ("error", "Corrupt")],
    ])
    func `words about rows, pages and indexes are damage`(rows: [(String, String)]) throws {
        guard case .damaged = verdict(rows) else { throw Unexpected(verdict(rows)) }
    }

    @Test(arguments: [
        [("error", "Table rebuild required. Please do \"ALTER TABLE `t` FORCE\" or dump/reload to fix it!")],
        [("error", "Table upgrade required. Please do \"REPAIR TABLE `t`\" or dump/reload to fix it!")],
        [("Error", "Plugin 'simple_parser' is not loaded"), ("error", "Corrupt")],
        [("Error", "Unknown storage engine 'ARCHIVE'"), ("error", "Corrupt")],
        [("Error", "Tablespace has been discarded for table `i`"), ("error", "Corrupt")],
        [
            ("Warning", "InnoDB: Tablespace is discarded for table, 'i'"),
            ("Error", "Tablespace is discarded for table, 'i'"), ("error", "Corrupt"),
        ],
        [
            ("error", "Partition p0 returned error"), ("Error", "Tablespace is discarded for table, 'pt'"),
            ("error", "Corrupt"),
        ],
        [
            ("Error", "Table 'd.corrupt' is differently defined or of non-MyISAM type or doesn't exist"),
            ("Error", missingChild), ("error", "Corrupt"),
        ],
    ])
    func `a table's own state is no damage`(rows: [(String, String)]) throws {
        guard case .unchecked = verdict(rows) else { throw Unexpected(verdict(rows)) }
    }

    @Test(arguments: [
        [("Error", "Table 'd.t' doesn't exist"), ("status", "Operation failed")],
        [("Error", "Can't find file: './d/m.MYI' (errno: 2 \"No such file or directory\")"), ("error", "Corrupt")],
        [("Error", "Can't find master key from keyring, please check in the server log"), ("error", "Corrupt")],
        [("error", "Unknown - internal error 188 during operation")], [("status", "Operation failed")],
    ])
    func `words of another kind are an error, and no damage`(rows: [(String, String)]) throws {
        guard case .unclear = verdict(rows) else { throw Unexpected(verdict(rows)) }
    }

    private struct Unexpected: Error {
        let verdict: TableVerdict
        init(_ verdict: TableVerdict) { self.verdict = verdict }
    }
}
