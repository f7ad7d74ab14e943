import FoundationEssentials

/// What `lvs` and `vgs` answer with `--reportformat json`.
///
/// Everything is text to LVM 2.03.16; later releases have a format with numbers and nulls, which reads the same here.
struct Report: Decodable {
    struct Section: Decodable {
        var lv: [Row]?
        var vg: [Row]?
    }

    /// One volume or group: column names and what stands there.
    struct Row: Decodable {
        private let fields: [String: Field]

        init(from decoder: any Decoder) throws {
            fields = try decoder.singleValueContainer().decode([String: Field].self)
        }

        func text(_ column: String) -> String? { fields[column]?.text }
        func number(_ column: String) -> Double? { text(column).flatMap { Double($0) } }
        func integer(_ column: String) -> Int64? { text(column).flatMap { Int64($0) } }
    }

    /// A string, a number, a list of strings or nothing.
    private struct Field: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                text = nil
            } else if let string = try? value.decode(String.self) {  // or else it is one of the others
                text = string
            } else if let integer = try? value.decode(Int64.self) {
                text = "\(integer)"
            } else if let number = try? value.decode(Double.self) {
                text = "\(number)"
            } else {
                text = try value.decode([String].self).joined(separator: ",")
            }
        }
    }

    var report: [Section]

    /// - Throws: ``LVMError/unreadableReport(command:)``.
    static func decode(_ bytes: [UInt8], from command: String) throws -> Report {
        do {
            return try JSONDecoder().decode(Report.self, from: Data(bytes))
        } catch {
            throw LVMError.unreadableReport(command: command)
        }
    }
}
