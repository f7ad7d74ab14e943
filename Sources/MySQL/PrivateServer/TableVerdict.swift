/// The meaning of an answer to `CHECK TABLE` for one table.
///
/// The answer has no error numbers. The words of both products are known as far as the cases need them; a private server
/// answers in English.
enum TableVerdict: Sendable, Equatable {
    case good
    /// Rows, pages or an index are wrong.
    case damaged(String)
    /// The table cannot be checked, for a reason that lies in its definition or state, and is no fault of the data.
    case unchecked(String)
    /// The check failed, and its words say nothing about rows or pages.
    case unclear(String)

    /// Damage counts before everything else.
    init(_ rows: Rows) {
        let findings = rows.compactMap { row -> Finding? in
            guard let kind = row["Msg_type"], let text = row["Msg_text"] else { return nil }
            return Finding(kind: kind, text: text)
        }
        func first(_ meaning: Finding.Meaning) -> String? { findings.first { $0.meaning == meaning }?.text }
        self =
            if let text = first(.damage) {
                .damaged(text)
            } else if let text = first(.excuse) {
                .unchecked(text)
            } else if let text = first(.unclear) {
                .unclear(text)
            } else if let text = first(.corrupt) {
                .damaged(text)
            } else if let text = first(.failed) {
                .unclear(text)
            } else {
                .good
            }
    }

    /// One row of the answer.
    private struct Finding {
        enum Meaning { case none, damage, excuse, unclear, corrupt, failed }
        let meaning: Meaning
        let text: String

        init(kind: String, text: String) {
            self.text = text
            meaning = Self.meaning(kind, text)
        }

        /// A storage engine's check writes "error", the server writes "Error" for an error of a statement (measured, MariaDB
        /// 10.11 and MySQL 9.7.4).
        private static func meaning(_ kind: String, _ text: String) -> Meaning {
            switch kind {
            case "status": TableVerdict.goodStatuses.contains(text) ? .none : .failed
            case "error", "Error":
                if TableVerdict.excuses.contains(where: text.fits) {
                    .excuse
                } else if text == "Corrupt" {
                    .corrupt
                } else if TableVerdict.consequences.contains(where: text.fits) {
                    .failed
                } else if kind == "error" {
                    TableVerdict.ownErrors.contains(where: text.fits) ? .unclear : .damage
                } else {
                    TableVerdict.damages.contains(where: text.fits) ? .damage : .unclear
                }
            default: .none
            }
        }
    }

    /// The beginning and the end of a text.
    ///
    /// A name that anyone may have given to a table can stand between them.
    fileprivate typealias Frame = (start: String, end: String)

    private static let goodStatuses = ["OK", "Table is already up to date"]

    private static let excuses: [Frame] = [
        // The table is of an older release, whose upgrade is still to be done.
        ("Table rebuild required", ""), ("Table upgrade required", ""), ("Upgrade required", ""),
        ("Partitioning upgrade required", ""),
        // The private server lacks an engine or a full-text parser.
        ("Unknown storage engine '", "'"), ("Plugin '", "' is not loaded"),
        // `ALTER TABLE … DISCARD TABLESPACE`, in the words of MariaDB and of MySQL.
        ("Tablespace has been discarded for table ", ""), ("Tablespace is discarded for table, ", ""),
        // A MERGE table lacks one of its tables.
        ("Table '", "' is differently defined or of non-MyISAM type or doesn't exist"),
        ("Unable to open underlying table which is differently defined", ""),
    ]

    /// Rows that follow another one, or precede it, and do not tell the cause.
    private static let consequences: [Frame] = [
        ("Partition ", " returned error"), ("Subpartition ", " returned error"),
    ]

    /// Errors of the server's own in the manner of an engine's check.
    private static let ownErrors: [Frame] = [
        ("Invalid argument", ""), ("Unknown - internal error ", ""), ("Not enough memory", ""),
    ]

    /// Errors of statements that tell of damage.
    ///
    /// The numbers are handler errors (my_base.h): index or record corrupt, table crashed, file too short, wrong checksum.
    private static let damages: [Frame] = [
        ("Index for table '", "' is corrupt; try to repair it"), ("Incorrect key file for table '", ""),
        ("Incorrect file format '", "'"), ("Index ", " is corrupted"),
        ("Table '", "' is marked as crashed and should be repaired"),
        ("Table '", "' is marked as crashed and last (automatic?) repair failed"),
        ("Got error 126 ", ""), ("Got error 127 ", ""), ("Got error 144 ", ""), ("Got error 145 ", ""),
        ("Got error 175 ", ""), ("Got error 176 ", ""), ("Got error 180 ", ""),
    ]
}

extension String {
    fileprivate func fits(_ frame: TableVerdict.Frame) -> Bool { hasPrefix(frame.start) && hasSuffix(frame.end) }
}
