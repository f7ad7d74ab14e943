import Hooks
import Lifecycle
import MySQL

extension Rows {
    /// The rows as hooks see them: numbers where they are exact, nothing for NULL, text for all else.
    var forHooks: [[String: LuaValue]] {
        values.map { values in
            var row: [String: LuaValue] = [:]
            for (index, column) in columns.enumerated() {
                let kind = index < kinds.count ? kinds[index] : .text
                // A column that is NULL is there, and one that the answer lacks is not.
                row[column] = values[index].map { LuaValue($0, kind) } ?? LuaValue.none
            }
            return row
        }
    }
}

extension Rows {
    /// The rows as Swift hooks see them.
    var asSQLRows: [SQLRow] {
        values.map { values in
            var row: SQLRow = [:]
            for (index, column) in columns.enumerated() {
                row[column] = SQLValue(values[index], index < kinds.count ? kinds[index] : .text)
            }
            return row
        }
    }
}

extension SQLValue {
    fileprivate init(_ text: String?, _ kind: Rows.Kind) {
        guard let text else {
            self = .null
            return
        }
        switch kind {
        case .integer: self = Int64(text).map(SQLValue.integer) ?? .text(text)
        case .double: self = Double(text).map(SQLValue.number) ?? .text(text)
        case .text: self = .text(text)
        }
    }
}

extension LuaValue {
    fileprivate init(_ text: String, _ kind: Rows.Kind) {
        switch kind {
        case .integer: self = Int64(text).map(LuaValue.integer) ?? .text(text)
        case .double: self = Double(text).map(LuaValue.number) ?? .text(text)
        case .text: self = .text(text)
        }
    }
}
