import FoundationEssentials

/// The answer of `lvs` and `vgs` to `--reportformat json`.
///
/// Everything is text to LVM 2.03.16. The format `json_std` of later releases has numbers, lists and nulls, which read
/// the same here.
struct Report: Decodable {
    private struct Section: Decodable {
        var lv: [Row]?
        var vg: [Row]?
    }

    /// One volume or group: column names and their values.
    struct Row: Decodable {
        /// The command that reported it.
        fileprivate(set) var command = ""
        private let fields: [String: Field]

        init(from decoder: any Decoder) throws {
            fields = try decoder.singleValueContainer().decode([String: Field].self)
        }

        /// - Throws: ``LVMError/unreadableReport(command:text:)`` where the report lacks the column, or has it empty.
        func required(_ column: String) throws(LVMError) -> String {
            guard let text = fields[column]?.text, !text.isEmpty else { throw unreadable(column) }
            return text
        }

        /// A number that every volume or group has.
        func requiredInteger(_ column: String) throws(LVMError) -> Int64 {
            guard let number = Int64(try required(column)) else { throw unreadable(column) }
            return number
        }

        /// Empty where the volume has none.
        func text(_ column: String) -> String { fields[column]?.text ?? "" }

        /// Nil where the volume has none.
        func number(_ column: String) throws(LVMError) -> Double? {
            let text = text(column)
            guard !text.isEmpty else { return nil }
            guard let number = Double(text) else { throw unreadable(column) }
            return number
        }

        func list(_ column: String) -> [String] { fields[column]?.list ?? [] }

        fileprivate func has(_ column: String) -> Bool { fields[column] != nil }

        private func unreadable(_ column: String) -> LVMError {
            .unreadableReport(command: command, text: "\(column): \(fields[column]?.text ?? "no such column")")
        }
    }

    /// A string, a number, a truth value, a list of strings or nothing.
    private enum Field: Decodable {
        case nothing
        case single(String)
        case several([String])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .nothing
            } else if let string = try? value.decode(String.self) {  // or else it is one of the others
                self = .single(string)
            } else if let flag = try? value.decode(Bool.self) {
                self = .single(flag ? "1" : "0")
            } else if let integer = try? value.decode(Int64.self) {
                self = .single("\(integer)")
            } else if let number = try? value.decode(Double.self) {
                self = .single("\(number)")
            } else {
                self = .several(try value.decode([String].self))
            }
        }

        var text: String? {
            switch self {
            case .nothing: nil
            case .single(let text): text
            case .several(let texts): texts.joined(separator: ",")
            }
        }

        var list: [String] {
            switch self {
            case .nothing: []
            case .single(let text): text.split(separator: ",").map(String.init)
            case .several(let texts): texts
            }
        }
    }

    private var report: [Section]

    /// The rows of an answer, each with every column that was asked for.
    ///
    /// - Throws: ``LVMError/unreadableReport(command:text:)``.
    static func rows(_ bytes: [UInt8], _ columns: [String], from command: String) throws(LVMError) -> [Row] {
        let unreadable = LVMError.unreadableReport(command: command, text: String(decoding: bytes, as: UTF8.self))
        let report: Report
        do { report = try JSONDecoder().decode(Report.self, from: Data(bytes)) } catch { throw unreadable }
        let sections = report.report.compactMap { command == "vgs" ? $0.vg : $0.lv }
        guard !sections.isEmpty, sections.count == report.report.count else { throw unreadable }
        var rows = sections.flatMap(\.self)
        for index in rows.indices {
            rows[index].command = command
            if let missing = columns.first(where: { !rows[index].has($0) }) {
                throw .unreadableReport(command: command, text: "\(missing): no such column")
            }
        }
        return rows
    }
}
