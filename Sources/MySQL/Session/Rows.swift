/// The answer to a statement, as text; nil stands for NULL.
package struct Rows: Sendable, Equatable {
    /// In the order of the answer.
    package var columns: [String]
    package var values: [[String?]]
    /// The kinds of the columns' texts; empty where they are not known.
    package var kinds: [Kind]

    package init(columns: [String] = [], values: [[String?]] = [], kinds: [Kind] = []) {
        self.columns = columns
        self.values = values
        self.kinds = kinds
    }

    /// The kind of value that a column's texts stand for.
    package enum Kind: Sendable, Equatable {
        /// A whole number, which may be too large for 64 bits.
        case integer
        /// A number in double precision; servers write as many digits as tell it from every other one.
        case double
        /// Text, and numbers that no binary one equals, such as decimal fractions.
        case text
    }
}

/// One row of an answer.
package struct Row: Sendable, Equatable {
    let columns: [String]
    let values: [String?]

    /// The value of a column; names are compared without regard to case.
    ///
    /// Nil also where there is no such column.
    package subscript(_ column: String) -> String? {
        let name = column.lowercased()
        guard let index = columns.firstIndex(where: { $0.lowercased() == name }) else { return nil }
        return values[index]
    }

    /// The value at a place, counted from 0.
    package subscript(_ index: Int) -> String? { values[index] }
}

extension Rows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { values.count }
    package subscript(_ index: Int) -> Row { Row(columns: columns, values: values[index]) }

    /// The first column of the first row.
    package var scalar: String? { values.first?.first ?? nil }
}
