/// The limits of an answer: a server that never stops sending must not fill this process's memory.
///
/// The longest answers are lists of tablespaces: a million of them stay below these limits.
struct AnswerLimit: Sendable, Equatable {
    var rows = 4_000_000
    /// Bytes of values, and of the memory that holds them.
    var bytes = 256 << 20

    /// Counts one row; false where the limit is passed.
    ///
    /// A value takes memory also where it is NULL: a row may have 65535.
    mutating func admits(rowOf size: Int, columns: Int) -> Bool {
        rows -= 1
        bytes -= size + columns * MemoryLayout<String?>.stride
        return rows >= 0 && bytes >= 0
    }
}
