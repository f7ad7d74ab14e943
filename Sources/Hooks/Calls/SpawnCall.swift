import Host
import Lifecycle
import Synchronization

/// A program that a hook has started, and that lives until its release.
final class SpawnedProcess: Sendable {
    let name: String
    let lines: BlockingLines
    private let process: LivingProcess
    /// How it had ended before its release; nil: it was still running, as it should.
    private let earlyFate = Mutex<String??>(nil)

    init(_ name: String, _ process: LivingProcess, _ lines: BlockingLines) {
        self.name = name
        self.process = process
        self.lines = lines
    }

    var pid: Int32 { process.pid }
    var fate: String? { process.fate }

    /// - Parameter isUrgent: other processes wait for its lock.
    func end(isUrgent: Bool = false) async {
        earlyFate.withLock { $0 = $0 ?? .some(process.fate) }
        lines.close()
        await process.end(isUrgent ? .quick : .usual)
    }

    /// Raises where it was not alive to its release, or is not alive now.
    ///
    /// - Throws: ``LuaError``.
    var prove: @Sendable () async throws -> Void {
        { [self] in
            guard let fate = earlyFate.withLock({ $0 }) ?? process.fate else { return }
            throw LuaError("the resources of process \(pid) were lost: \(name) \(fate)")
        }
    }

    /// Its end.
    func release(_ name: String, isUrgent: Bool) -> Release {
        Release(name, deadline: .seconds(10), repair: "kill -KILL -- -\(pid)") { [self] in
            await end(isUrgent: isUrgent)
        }
    }
}

/// The programs that one file's hooks have started.
final class SpawnedProcesses: Sendable {
    private struct State {
        var all: [Int64: SpawnedProcess] = [:]
        /// Those of the current call, except those whose release the engine has.
        var unowned: Set<Int64> = []
    }

    private let state = Mutex(State())

    /// - Throws: ``LuaError`` where there is none.
    func process(_ number: LuaValue) throws -> SpawnedProcess {
        guard let process = number.integer.flatMap({ number in state.withLock { $0.all[number] } }) else {
            throw LuaError("no such process")
        }
        return process
    }

    func add(_ process: SpawnedProcess) -> Int64 {
        state.withLock { state in
            let number = Int64(state.all.count + 1)
            state.all[number] = process
            state.unowned.insert(number)
            return number
        }
    }

    /// The end of the release's process, where it is one, is the engine's from now on.
    func own(_ release: LuaValue) {
        guard let number = release["process"].integer else { return }
        _ = state.withLock { $0.unowned.remove(number) }
    }

    /// Ends the programs that the returned or failed hook did not make a release.
    func endUnowned() async {
        let left = state.withLock { state in
            defer { state.unowned = [] }
            return state.unowned.compactMap { state.all[$0] }
        }
        for process in left { await process.end(isUrgent: true) }
    }
}

extension RunningCall {
    /// `run:spawn`.
    ///
    /// - Throws: ``LuaError``, `HostError`.
    func spawn(_ value: LuaValue) throws -> LuaValue {
        guard !hook.isRelease else { throw LuaError("run:spawn is not for releases: the program would never be ended") }
        var command = try ExecCall(value, services, secrets, run: run.id).command
        if run.isDryRun { throw leaveOut("would start: \(command)") }
        let lines = BlockingLines()
        // Its lines are not read once it is ready.
        if value["ready"].isNone { lines.close() }
        command.onOutput = { lines.append($0, patience: .seconds(1)) }
        let (started, start) = (command, services.start)
        let process = try wait { try await start(started) }
        guard !state.isAbandoned else {
            // The code that ends such programs found none.
            Task.detached { await process.end(.quick) }
            throw LuaError("the hook was left behind")
        }
        let name = secrets.hidden(in: "\(started)")
        let number = state.processes.add(SpawnedProcess(name, process, lines))
        return .table(["number": .integer(number), "pid": .integer(Int64(process.pid))])
    }

    /// The next line of a process that is not ready yet.
    ///
    /// - Throws: ``LuaError`` where there is none.
    func line(of number: LuaValue) throws -> LuaValue {
        let process = try state.processes.process(number)
        if let line = turn.blocking({ process.lines.close() }, { process.lines.next() }) { return .string(line) }
        throw LuaError("\(process.name) was not ready before it \(process.fate ?? "had to be")")
    }
}
