internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A command's process, started with our ends of its standard streams; for the one thread that started it.
///
/// That thread both signals and reaps it, so a signal never meets another process with the same number.
struct PipedChild: Sendable {
    /// This process's ends.
    ///
    /// The child sees when one of them is closed.
    struct Streams {
        var input: CommandInput?
        var output: Descriptor
        var errors: Descriptor
    }

    let pid: Int32
    private let end: Descriptor
    private let family: ConfinedFamily?

    /// Starts the command.
    ///
    /// - Parameter isHeld: whether there is more input to come than the command has.
    static func start(_ command: Command, isHeld: Bool) throws -> (PipedChild, Streams) {
        let (givenInput, givenOutput) = (command.standardInput?.take(), command.standardOutput?.take())
        // A command with an output of its own writes nothing to the pipe.
        let (output, pipedOutput) = try Descriptor.pipe()
        let childOutput = givenOutput ?? pipedOutput
        let (errors, childErrors) = try Descriptor.pipe()
        let (ownInput, input) = try CommandInput.prepare(givenInput == nil ? command.input : [], isHeld: isHeld)
        let childInput = givenInput ?? ownInput
        let spawn = Spawn(
            executable: command.executable,
            program: command.program,
            arguments: command.arguments,
            environment: command.environment,
            directory: command.workingDirectory,
            descriptors: [childInput.number, childOutput.number, childErrors.number],
            user: command.user,
            isConfined: command.isConfined
        )
        let (child, end) = try withExtendedLifetime((childInput, childOutput, childErrors)) { try spawn.startWatched() }
        return (
            PipedChild(pid: child.pid, end: end, family: child.family),
            Streams(input: input, output: output, errors: errors)
        )
    }

    /// The answer of `poll` once the child has ended.
    var polled: pollfd { pollfd(fd: end.number, events: Int16(POLLIN), revents: 0) }

    /// Whether it has ended; its status is not fetched yet.
    var hasEnded: Bool {
        var polled = polled
        return poll(&polled, 1, 0) == 1
    }

    /// Signals its whole process group.
    func signal(_ signal: Int32) { kill(-pid, signal) }

    /// Signals the process alone, from any thread.
    ///
    /// An ended process gets no signal, nor does another process of its number.
    func signalItself(_ signal: Int32) { _ = linux_pidfd_kill(end.number, signal) }

    /// Waits for its end; of a confined child, ends what it has left behind.
    ///
    /// No signal may be sent after that.
    func reap() -> CommandResult.Status {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        family?.end()
        return CommandResult.Status(waitStatus: status)
    }
}

extension CommandResult.Status {
    /// - Parameter waitStatus: as `waitpid` reports it.
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
    }
}
