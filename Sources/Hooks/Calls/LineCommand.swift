import Foundation
import Host
import Lifecycle
import Synchronization

/// A program whose lines a hook hears while it runs. For the hook's own thread, but for the reading.
final class LineCommand {
    private let lines: BlockingLines
    private let finish: () throws -> LuaValue
    private let cancel: @Sendable () -> Void

    init(lines: BlockingLines, finish: @escaping () throws -> LuaValue, cancel: @escaping @Sendable () -> Void) {
        self.lines = lines
        self.finish = finish
        self.cancel = cancel
    }

    /// Waits for the next line; nil at the end.
    func line() -> [UInt8]? { lines.next() }

    /// Waits for the end.
    ///
    /// - Throws: what running it came to.
    func conclude() throws -> LuaValue { try finish() }

    /// Ends it from another thread, and whoever waits for a line.
    var interrupt: @Sendable () -> Void {
        { [lines, cancel] in
            cancel()
            lines.append([])
        }
    }

    /// Ends the program of a hook that returned without waiting for it.
    func end() { cancel() }
}

/// Bytes that arrive on one thread and are taken, line by line, on another.
final class BlockingLines: Sendable {
    private struct State {
        var lines: [[UInt8]] = []
        var rest: [UInt8] = []
        var isEnded = false
    }

    private static let longestLine = 1 << 20

    private let condition = ConditionLock()
    private let state = Mutex(State())

    /// Empty bytes are the end.
    func append(_ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            if bytes.isEmpty {
                if !state.rest.isEmpty { state.lines.append(state.rest) }
                state.rest = []
                state.isEnded = true
            } else {
                for byte in bytes {
                    if byte == UInt8(ascii: "\n") || state.rest.count >= Self.longestLine {
                        state.lines.append(state.rest)
                        state.rest = []
                    }
                    if byte != UInt8(ascii: "\n") { state.rest.append(byte) }
                }
            }
        }
        condition.signal()
    }

    func next() -> [UInt8]? {
        while true {
            let (line, isEnded) = state.withLock { state in
                (state.lines.isEmpty ? nil : state.lines.removeFirst(), state.isEnded)
            }
            if let line { return line }
            if isEnded { return nil }
            condition.wait()
        }
    }
}

/// Something to wait for, again and again.
private final class ConditionLock: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }
    func wait() { semaphore.wait() }
}
