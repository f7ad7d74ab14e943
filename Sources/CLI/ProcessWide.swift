import ArgumentParser
import Glibc
import Host
import LVMBackup
import Synchronization

/// The acts that concern the whole process: signals, umask, memory, home, the mount namespace, the exit status.
///
/// They stand in this file alone; the library does none of them.
@main
enum ProcessWide {
    static func main() async {
        do {
            // For each command, the guardian's among them: any of them may hold a password.
            try OwnProcess.hideMemory()
            if geteuid() == 0 { OwnProcess.takeOwnHome() }
            try Misspelling.check(Array(CommandLine.arguments.dropFirst()))
            var command = try LVMBackupCommand.parseAsRoot()
            guard let command = command as? any StatusCommand else {
                try command.run()
                Glibc.exit(LostOutput.exitStatus(0))
            }
            let status = try await command.perform()
            Glibc.exit(LostOutput.exitStatus(status, isAnswer: !(command is BackupCommand)))
        } catch let error as any ExplainedError {
            tell(error.failure)
            Glibc.exit(Outcome.exitStatus(of: error.failure))
        } catch {
            LVMBackupCommand.exit(withError: error)
        }
    }

    /// Prints a failure with its advice on standard error.
    static func tell(_ failure: Failure) {
        let console = Console()
        console.line("lvmbackup: \(failure.message)", .bad)
        for line in failure.adviceLines { console.line(line) }
    }

    /// Runs a backup as a program of its own: private mounts, private files, signals that abort in order, a guardian.
    ///
    /// - Throws: where the process cannot be made so.
    static func run(configuration: Configuration, output: Output, hooks: HookOptions) async throws -> Int32 {
        let namespace = try isolate()
        var backup = Backup(configuration: configuration)
        try await hooks.load(into: &backup.hooks, configuration)
        backup.guardian = GuardianLauncher(namespace: namespace)
        output.subscribe(to: &backup.hooks.table)
        if output.hasJournal { backup.after(.locate, name: "journal") { _, found in output.note(found.volume) } }
        // Watched before anything is acquired; a signal that comes before the run does is kept for it.
        let (signals, signal) = AsyncStream.makeStream(of: Void.self)
        try SignalWatch.start { number in
            signal.yield()
            await output.interrupted(by: number)
        }
        let run = Task { [backup] in await backup.run() }
        Task { for await _ in signals { run.cancel() } }
        let outcome = await run.value
        await output.conclude(backup: outcome)
        return outcome.exitStatus
    }

    /// Does work that the first signal cancels.
    ///
    /// - Parameter isInForeground: whether a program has the terminal: an interrupt is meant for that program then.
    /// - Throws: the error of the work.
    static func untilSignal<Result: Sendable>(
        unless isInForeground: @escaping @Sendable () -> Bool = { false },
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let isIgnored: @Sendable (Int32) -> Bool = { $0 == SIGINT && isInForeground() }
        try SignalWatch.start(ignoring: isIgnored) { _ in task.cancel() }
        return try await task.value
    }

    /// Nil without root: the run's own first step says what it is needed for.
    static func isolate() throws -> MountNamespace? {
        umask(0o077)
        guard geteuid() == 0 else { return nil }
        do { return try MountNamespace() } catch {
            throw Failure(
                .unsuitable,
                "no mount namespace of its own: \(Failure(error).message)",
                advice: "run it as root of the host; in a container it needs the capability CAP_SYS_ADMIN"
            )
        }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }
}
