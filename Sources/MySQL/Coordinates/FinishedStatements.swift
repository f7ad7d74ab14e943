/// Statements that the snapshot cut short: those that the recovery server finished and logged, and those that it left.
struct FinishedStatements: Sendable, Equatable {
    private(set) var number = 0
    private(set) var texts: [String] = []
    var left: UnfinishedTables?

    mutating func add(_ groups: BinlogGroups) {
        number += groups.count
        texts += groups.statements
    }

    /// The reason why replaying from the copy's end is not exact; nil where no statement was finished.
    var doubt: String? {
        guard number > 0 else { return left?.doubt }
        let shown = texts.prefix(5).map { "\"\($0.prefix(200))\"" }.joined(separator: "; ")
        let what = number == 1 ? "a statement" : "\(number) statements"
        return "the recovery finished \(what) that the server logged after the position, and that must not be replayed"
            + (shown.isEmpty ? "" : ": \(shown)")
    }
}
