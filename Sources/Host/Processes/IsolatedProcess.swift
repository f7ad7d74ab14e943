internal import CLinux
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A long-running child, in another mount namespace where asked for.
///
/// It leads a session of its own, unless it is attached, and has no descriptor of its parent but the standard ones.
package final class IsolatedProcess: Sendable {
    /// The program to start.
    package struct Plan: Sendable {
        /// A path, or a name that is looked up in `SearchPath.directories`.
        package var executable: String
        /// The program itself, executed by descriptor; `executable` is then only its name.
        ///
        /// Nil for the path.
        package var program: HeldFile?
        package var arguments: [String]
        /// Added to `LC_ALL=C` and PATH.
        ///
        /// The child inherits no other variable.
        package var environment: [String: String] = [:]
        package var workingDirectory: String?
        /// The mount namespace and root directory that the child enters; nil for the caller's.
        package var namespace: NamespaceCopy?
        /// Both output streams are appended to it; dropped where nil.
        package var output: HeldFile?
        /// Nil: as the caller.
        package var user: Command.User?
        /// Nice value added; with one above 0 the disk is used in the idle class only.
        package var niceness: Int = 0
        /// No program that the child starts gets more rights than the child, and other processes of its user can neither
        /// trace it nor reach its files through /proc.
        package var isConfined = false
        /// A program for a user: it has the caller's standard streams, stays in the caller's session, and
        /// `environment` is all of its environment.
        package var isAttached = false
        /// The caller's own mount namespace, which the child leaves for the caller's original namespace.
        package var leaving: MountNamespace?

        package init(_ executable: String, _ arguments: [String] = []) {
            self.executable = executable
            self.arguments = arguments
        }
    }

    package let pid: Int32
    /// Field 22 of `/proc/PID/stat`.
    package let startTime: UInt64
    /// The child with its process group; the child alone where the group is the caller's.
    private let target: pid_t
    private let family: ConfinedFamily?
    private let state: Mutex<State>

    private struct State {
        var status: CommandResult.Status?
        var waiting: [Int: CheckedContinuation<CommandResult.Status?, Never>] = [:]
        var nextWaiter = 0
    }

    /// Starts the child.
    ///
    /// Blocks until it has called exec, which takes milliseconds.
    ///
    /// - Throws: ``HostError/commandNotStarted(command:reason:)`` with the call that failed before exec;
    ///   ``HostError/systemCall(_:on:errno:)``.
    package init(_ plan: Plan) throws {
        let (child, startTime) = try plan.isAttached ? Self.launch(Self.attached(plan)) : Self.launchApart(plan)
        (pid, family) = (child.pid, child.family)
        self.startTime = startTime
        target = plan.isAttached ? pid : -pid
        state = Mutex(State())
        do {
            try startThread(name: "await \(pid)") { [self] in reap() }
        } catch {
            kill(target, SIGKILL)
            reap()
            throw error
        }
    }

    private static func launchApart(_ plan: Plan) throws -> (Spawn.Started, UInt64) {
        let input = try Descriptor.open("/dev/null", O_RDONLY)
        let output = try plan.output?.appending() ?? Descriptor.open("/dev/null", O_WRONLY)
        var spawn = spawn(plan, [input.number, output.number, output.number])
        spawn.isConfined = plan.isConfined
        return try withExtendedLifetime((input, output)) { try launch(spawn) }
    }

    private static func attached(_ plan: Plan) -> Spawn {
        var spawn = spawn(plan, [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO])
        spawn.isEnvironmentComplete = true
        spawn.keepsSession = true
        return spawn
    }

    private static func spawn(_ plan: Plan, _ descriptors: [Int32]) -> Spawn {
        Spawn(
            executable: plan.executable,
            program: plan.program,
            arguments: plan.arguments,
            environment: plan.environment,
            directory: plan.workingDirectory,
            descriptors: descriptors,
            leaving: plan.leaving,
            entering: plan.namespace,
            user: plan.user,
            niceness: Int32(clamping: plan.niceness)
        )
    }

    /// - Returns: the child and its start time.
    private static func launch(_ spawn: Spawn) throws -> (Spawn.Started, UInt64) {
        let child = try spawn.start()
        do {
            // A child that has not been reaped keeps its entry in /proc.
            return (child, try ProcessTable().startTime(of: child.pid) ?? 0)
        } catch {
            kill(spawn.keepsSession ? child.pid : -child.pid, SIGKILL)
            while waitpid(child.pid, nil, 0) < 0, errno == EINTR {}
            child.family?.end()
            throw error
        }
    }

    /// Nil while it runs.
    package var status: CommandResult.Status? { state.withLock { $0.status } }

    /// Waits for the end of the child.
    ///
    /// - Parameter limit: nil waits for ever.
    /// - Returns: nil where the limit was reached first.
    package func wait(limit: Duration? = nil) async -> CommandResult.Status? {
        let ticket = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let timer = limit.map { limit in
            Task.detached { [self] in
                // Cancelled means that the child ended in time.
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                resume(ticket, with: nil)
            }
        }
        defer { timer?.cancel() }
        return await withCheckedContinuation { enlist($0, ticket: ticket) }
    }

    /// Ends each write of the child beyond this size of a file, in bytes.
    ///
    /// It has no effect on a child that has ended.
    package func limitFileSize(_ bytes: UInt64) {
        state.withLock { state in
            // A child that has not been reaped keeps its number.
            guard state.status == nil else { return }
            _ = linux_limit_file_size(pid, bytes)
        }
    }

    /// Sends a signal to the child's process group, or to the child in the caller's group, unless it has ended.
    package func signal(_ signal: Int32) {
        state.withLock { state in
            guard state.status == nil else { return }
            kill(target, signal)
        }
    }

    /// Ends the child: TERM, and KILL after the grace.
    ///
    /// Returns when it is gone, cancelled or not.
    @discardableResult
    package func terminate(grace: Duration = .seconds(10)) async -> CommandResult.Status? {
        signal(SIGTERM)
        if let status = await wait(limit: grace) { return status }
        signal(SIGKILL)
        return await wait()
    }

    private func enlist(_ continuation: CheckedContinuation<CommandResult.Status?, Never>, ticket: Int) {
        let status = state.withLock { state in
            if state.status == nil { state.waiting[ticket] = continuation }
            return state.status
        }
        if let status { continuation.resume(returning: status) }
    }

    private func resume(_ ticket: Int, with status: CommandResult.Status?) {
        state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: status)
    }

    /// Runs on a thread of its own until the child ends.
    private func reap() {
        _ = linux_await_end(pid)
        // The end of a confined child is not told before all that it has started is gone, too.
        family?.end()
        // Under the lock, so that no thread signals a number that is free again.
        let waiting = state.withLock { state in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            state.status = CommandResult.Status(waitStatus: status)
            defer { state.waiting = [:] }
            return (state.waiting, state.status)
        }
        for continuation in waiting.0.values { continuation.resume(returning: waiting.1) }
    }
}
