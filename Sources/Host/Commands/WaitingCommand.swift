internal import Faults
import Synchronization

/// A command that has been started ahead of time and waits for its input.
///
/// Its start-up is done before the time matters. A command that never gets input sees the end of it.
package final class WaitingCommand: Sendable {
    private let running: Mutex<RunningCommand?>
    private let cancellation: Descriptor
    /// Started with the command: when it matters, there is no thread to wait for.
    private let thread: SerialThread

    /// Starts the command.
    ///
    /// Its ending has to be ``Command/Ending/terminateOnly``: its end is always awaited.
    ///
    /// - Throws: ``HostError`` where it cannot be started.
    package static func start(_ command: Command) async throws -> WaitingCommand {
        let thread = SerialThread(name: "command")
        try await Faults.pass("command/" + command.executable, .entry)
        return try await thread.run { try WaitingCommand(command, thread) }
    }

    private init(_ command: Command, _ thread: SerialThread) throws {
        precondition(command.ending == .terminateOnly, "a waiting command is waited for")
        let (read, write) = try Descriptor.pipe()
        cancellation = write
        self.thread = thread
        let held = try RunningCommand(command, cancellation: read, isHeld: true)
        passFaults(of: held, command.executable)
        running = Mutex(held)
    }

    /// Whether it has neither had its input nor ended by itself.
    package var isWaiting: Bool { running.withLock { $0?.hasEnded == false } }

    /// Gives the command its input at once, and waits for its end; the deadline counts from here.
    ///
    /// - Returns: nil where it had its input before.
    package func finish(input: [UInt8]) async throws -> CommandResult? {
        guard let held = running.withLock({ $0.take() }) else { return nil }
        return try await pastFaults(ofLine: input, held) { line in
            var running = held
            running.give(line)
            let ready = running
            return try await thread.run {
                var running = ready
                return try running.finish().result
            }
        }
    }

    deinit {
        guard let unused = running.withLock({ $0.take() }) else { return }
        // Without a thread its input ends with this object, and init reaps it after this process.
        try? thread.post {
            var running = unused
            running.give([])
            // The result is not needed any more; the process only has to be reaped.
            _ = try? running.finish()
        }
    }
}
