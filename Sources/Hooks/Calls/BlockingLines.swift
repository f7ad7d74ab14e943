import Waiting

/// Bytes that arrive on one thread and are taken, line by line, on another.
///
/// The writer waits while too many bytes are left: a program that is faster than its hook is slowed down.
final class BlockingLines: @unchecked Sendable {
    // Unchecked: everything below is touched with the condition's lock held.

    private static let longestLine = 1 << 20
    /// Bytes that may be left; each line counts its own and those that Swift needs for it.
    private static let capacity = 1 << 20
    private static let cost = 64

    private let condition = Condition()
    private var lines: ArraySlice<[UInt8]> = []
    private var rest: [UInt8] = []
    private var size = 0
    private var isEnded = false

    /// Adds bytes, and waits for room; empty bytes are the end.
    ///
    /// - Parameter patience: after this time there is no more waiting; for the end of a program that has timed out.
    func append(_ bytes: ArraySlice<UInt8>, patience: Duration = .seconds(365 * 86_400)) {
        condition.withLock {
            guard !isEnded else { return }
            guard !bytes.isEmpty else { return end() }
            for byte in bytes { add(byte) }
            condition.broadcast()
            let deadline = Condition.Deadline(after: patience)
            while size > Self.capacity, !isEnded, condition.wait(until: deadline) {}
        }
    }

    /// Ends it for both sides; lines that are left are still there to be taken.
    func close() {
        condition.withLock { end() }
    }

    /// Waits for the next line; nil at the end.
    func next() -> [UInt8]? {
        condition.withLock {
            while lines.isEmpty, !isEnded { condition.wait() }
            guard let line = lines.popFirst() else { return nil }
            size -= line.count + Self.cost
            condition.broadcast()
            return line
        }
    }

    private func add(_ byte: UInt8) {
        let isBreak = byte == UInt8(ascii: "\n")
        if isBreak || rest.count >= Self.longestLine { finishLine() }
        if !isBreak { rest.append(byte) }
    }

    private func finishLine() {
        lines.append(rest)
        size += rest.count + Self.cost
        rest = []
    }

    private func end() {
        if !rest.isEmpty { finishLine() }
        isEnded = true
        condition.broadcast()
    }
}
