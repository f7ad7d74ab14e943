import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A program that runs until it is told to end, because it holds a lock, a tunnel or a mount meanwhile.
///
/// It has a session of its own, and a standard input that stays open until then. A thread of its own feeds,
/// drains, signals and reaps it, so that no signal ever meets another process of the same number.
package final class LivingProcess: Sendable {
    /// How a process is told to end: its input is closed, then come TERM and KILL.
    package struct Ending: Sendable {
        /// From the end of its input to TERM.
        package var patience: Duration
        /// From TERM to KILL.
        package var grace: Duration

        package static let usual = Ending(patience: .seconds(1), grace: .seconds(5))
        /// While other processes wait for its lock.
        package static let quick = Ending(patience: .milliseconds(300), grace: .milliseconds(300))
    }

    private struct State {
        var ending: Ending?
        var status: CommandResult.Status?
        var reason = ""
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    package let pid: Int32
    private let control: Descriptor
    private let state = Mutex(State())

    /// Starts a program.
    ///
    /// Its deadline and its ending don't count.
    ///
    /// - Throws: ``HostError`` where it cannot be started.
    package static func start(_ command: Command) async throws -> LivingProcess {
        let thread = SerialThread(name: "living")
        let control = try Descriptor.pipe()
        return try await thread.run {
            let child = try LivingChild(command)
            let process = LivingProcess(child.pid, control.write)
            // The thread outlives its mailbox's owner until the child is reaped.
            do {
                try thread.post { process.serve(child, control.read) }
            } catch {
                child.kill()
                throw error
            }
            return process
        }
    }

    private init(_ pid: Int32, _ control: Descriptor) {
        self.pid = pid
        self.control = control
    }

    /// Whether it has not ended yet.
    package var isAlive: Bool { state.withLock { $0.status == nil } }

    /// How it ended, with the last of what it said on standard error; nil while it lives.
    package var fate: String? {
        state.withLock { state in
            state.status.map { "\($0)\(state.reason.isEmpty ? "" : ": \(state.reason.suffix(500))")" }
        }
    }

    /// Ends it and its process group, and waits until it is gone.
    package func end(_ ending: Ending = .usual) async {
        state.withLock { state in
            guard state.status == nil else { return }
            state.ending = state.ending ?? ending
            // With the lock held its thread cannot have left: a pipe without a reader raises SIGPIPE.
            control.poke()
        }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status != nil
            }
            if isOver { continuation.resume() }
        }
    }

    private func serve(_ child: consuming LivingChild, _ control: Descriptor) {
        defer { withExtendedLifetime(control) {} }
        let (status, reason) = child.serve(control) { state.withLock { $0.ending } }
        let waiting = state.withLock { state in
            (state.status, state.reason) = (status, reason)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// The child and its streams, for the one thread that started it.
private struct LivingChild: Sendable {
    private let child: PipedChild
    private var input: CommandInput?
    private var output: CommandOutput
    private var errors: CommandOutput
    private var isFed = false
    private var acts: [(at: ContinuousClock.Instant, signal: Int32)] = []

    init(_ command: Command) throws {
        let (child, streams) = try PipedChild.start(command, isHeld: true)
        self.child = child
        output = CommandOutput(streams.output, keeping: 0, hear: command.onOutput)
        errors = CommandOutput(streams.errors, keeping: 4096)
        input = streams.input
    }

    var pid: Int32 { child.pid }

    /// Ends it at once, unserved.
    func kill() {
        child.signal(SIGKILL)
        _ = child.reap()
    }

    /// Serves it to its end, and ends what is left of its group.
    mutating func serve(
        _ control: Descriptor,
        ending: () -> LivingProcess.Ending?
    ) -> (status: CommandResult.Status, reason: String) {
        var isTold = false
        while !wait(isTold ? nil : control) {
            guard !isTold, let ending = ending() else { continue }
            isTold = true
            input?.close()
            input = nil
            let term = ContinuousClock.now + ending.patience
            acts = [(term, SIGTERM), (term + ending.grace, SIGKILL)]
        }
        // Before it is reaped: until then no other process has its number.
        child.signal(SIGKILL)
        output.drain()
        errors.drain()
        return (child.reap(), CommandResult(standardError: errors.bytes).reason)
    }

    /// Handles what has arrived, or is due; true when the process has ended.
    private mutating func wait(_ control: Descriptor?) -> Bool {
        var polled = [
            child.polled,
            pollfd(fd: output.pollNumber, events: Int16(POLLIN), revents: 0),
            pollfd(fd: errors.pollNumber, events: Int16(POLLIN), revents: 0),
            pollfd(fd: isFed ? -1 : input?.number ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: control?.number ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&polled, nfds_t(polled.count), pollTimeout) >= 0 else { return false }
        if polled[1].revents != 0 { output.drain() }
        if polled[2].revents != 0 { errors.drain() }
        if polled[3].revents != 0, input?.send() == false { isFed = true }
        if polled[0].revents != 0 { return true }
        if let act = acts.first, act.at <= .now {
            child.signal(act.signal)
            acts.removeFirst()
        }
        return false
    }

    private var pollTimeout: Int32 {
        acts.first.map { Int32(clamping: Int(($0.at - .now) / .milliseconds(1)) + 1) }.map { max($0, 0) } ?? -1
    }
}
