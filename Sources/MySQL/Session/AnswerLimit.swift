/// How large an answer may be: a server that never stops sending must not fill our memory.
///
/// The longest answers are lists of tablespaces: a million of them stay below these limits.
struct AnswerLimit: Sendable, Equatable {
    var rows = 4_000_000
    /// Bytes of values.
    var bytes = 256 << 20

    /// Counts one row in; false where that is one too many.
    mutating func admits(rowOf size: Int) -> Bool {
        rows -= 1
        bytes -= size
        return rows >= 0 && bytes >= 0
    }
}
