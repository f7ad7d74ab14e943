/// A program whose lines a hook receives while it runs.
///
/// For the hook's own thread, but for the reading.
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
    /// - Throws: the error of the run.
    func conclude() throws -> LuaValue { try finish() }

    /// Ends it from another thread, and wakes the threads that wait for a line or for room.
    var interrupt: @Sendable () -> Void {
        { [lines, cancel] in
            cancel()
            lines.close()
        }
    }

    /// Ends the program of a hook that returned without waiting for it.
    func end() { interrupt() }
}
