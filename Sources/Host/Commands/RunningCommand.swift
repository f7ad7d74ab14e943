#if canImport(Glibc)
    import Glibc
#endif

/// A command under way, fed, drained and ended by the one thread that started it.
struct RunningCommand {
    /// Its state.
    struct Outcome {
        var result: CommandResult
        var wasCancelled: Bool
    }

    private let command: Command
    private let child: PipedChild
    private let cancellation: Descriptor
    private var started = ContinuousClock.now
    private var input: CommandInput?
    private var output: CommandOutput
    private var errors: CommandOutput
    private var nextAct: ContinuousClock.Instant?
    private var isTermSent = false
    private var isTimedOut = false
    private var wasCancelled = false

    /// Starts the command.
    ///
    /// - Parameter isHeld: whether its input is still to come, and its time not to count until then.
    init(_ command: Command, cancellation: Descriptor, isHeld: Bool = false) throws {
        self.command = command
        self.cancellation = cancellation
        let (child, streams) = try PipedChild.start(command, isHeld: isHeld)
        self.child = child
        output = CommandOutput(streams.output, hear: command.onOutput)
        errors = CommandOutput(streams.errors)
        input = streams.input
        nextAct = started + command.deadline
    }

    /// Whether it has ended; its status is not fetched yet.
    var hasEnded: Bool { child.hasEnded }

    /// Signals the process.
    ///
    /// An ended process gets no signal, nor does another process of its number.
    func signal(_ number: Int32) { child.signalItself(number) }

    /// Sends the input that a held command waits for, as far as it fits; its time counts from now.
    mutating func give(_ bytes: [UInt8]) {
        started = .now
        nextAct = started + command.deadline
        input?.add(bytes)
        if input?.write() == false { input = nil }
    }

    /// Waits until the command has ended, without a limit.
    mutating func finish() throws -> Outcome {
        while !waitForMore() {}
        output.drain()
        errors.drain()
        let result = CommandResult(
            status: child.reap(),
            standardOutput: output.bytes,
            standardError: errors.bytes,
            duration: .now - started,
            isTimedOut: isTimedOut
        )
        return Outcome(result: result, wasCancelled: wasCancelled)
    }

    /// Handles what has arrived; true when the process has ended.
    private mutating func waitForMore() -> Bool {
        var polled = [
            child.polled,
            pollfd(fd: output.pollNumber, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.pollNumber, events: Int16(POLLIN), revents: 0),
            pollfd(fd: input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: heedsCancellation ? cancellation.number : -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, nfds_t(polled.count), pollTimeout) >= 0 else { return false }
        if polled[1].revents != 0 { output.drain() }
        if polled[2].revents != 0 { errors.drain() }
        if polled[3].revents != 0, input?.write() == false { input = nil }
        if polled[0].revents != 0 { return true }
        if polled[4].revents != 0 {
            wasCancelled = true
            endGroup()
        } else if let nextAct, nextAct <= .now {
            isTimedOut = true
            endGroup()
        }
        return false
    }

    private var heedsCancellation: Bool { command.ending == .terminateThenKill && !wasCancelled }

    /// Sends TERM; where the command's ending says so, KILL after the grace.
    private mutating func endGroup() {
        child.signal(isTermSent ? SIGKILL : SIGTERM)
        nextAct = command.ending == .terminateThenKill && !isTermSent ? .now + Command.grace : nil
        isTermSent = true
    }

    /// Milliseconds until the next act is due, rounded up; -1 where there is none.
    private var pollTimeout: Int32 {
        guard let nextAct else { return -1 }
        let left = max(nextAct - .now, .zero)
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: milliseconds)
    }
}
