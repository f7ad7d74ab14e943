/// The newest XA transactions of a binary log.
///
/// The servers write the log first. A snapshot between the two may hold the end of a transaction in the log and the
/// transaction as prepared in the data. MariaDB recovers it as prepared (measured, 11.8), as MySQL did before 8.0.30.
struct XABranches: Equatable, Sendable {
    enum State: Sendable {
        case prepared
        /// Committed or rolled back.
        case ended
    }

    /// Far more than commits can be under way at a time.
    private static let generation = 10_000

    private var newer: [XID: State] = [:]
    private var older: [XID: State] = [:]

    mutating func note(_ xid: XID, _ state: State) {
        newer[xid] = state
        guard newer.count >= Self.generation else { return }
        older = newer
        newer = [:]
    }

    /// Adds the transactions of the next log.
    mutating func append(_ next: XABranches) {
        for (xid, state) in next.older { note(xid, state) }
        for (xid, state) in next.newer { note(xid, state) }
    }

    /// Why replaying from the log's end is not exact; nil where log and data agree.
    ///
    /// - Parameter recovered: the transactions that the recovered copy holds as prepared.
    func doubt(recovered: Set<XID>) -> String? {
        let known = older.merging(newer) { $1 }
        if let ended = recovered.filter({ known[$0] == .ended }).map(\.sql).min() {
            return "the log ends the XA transaction \(ended), which the copy still holds as prepared"
        }
        let lost = known.filter { $0.value == .prepared && !recovered.contains($0.key) }.map(\.key.sql).min()
        return lost.map { "the log prepares the XA transaction \($0), which the copy does not hold" }
    }
}
