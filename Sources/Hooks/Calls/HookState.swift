import Lifecycle

/// One hook file's Lua state, on a thread of its own, and the parts of the program that its code reaches.
final class HookState: Sendable {
    /// The memory that Lua code may allocate, in bytes.
    static let memoryLimit = 64 << 20
    /// How long the file's own level may take.
    static let loadLimit = Duration.seconds(5)

    let file: HookFile
    let services: HookServices
    let secrets: UsedSecrets
    let library: FileLibrary
    let sessions: CallSessions
    let processes = SpawnedProcesses()
    /// The complaints about the file that are made once.
    let complaints = Complaints()
    private let thread: FileThread
    private let runner = Runner()

    /// The objects of the thread.
    ///
    /// Unchecked: only turns of the thread touch it, one at a time.
    private final class Runner: @unchecked Sendable {
        var lua: LuaState?
        var dispatch: LuaState.Function?
        /// Nil while the file is loaded.
        var call: RunningCall?

        func dispatch(_ arguments: [LuaValue]) throws -> LuaValue {
            guard let lua, let dispatch else { throw LuaError("the file was not loaded") }
            return try lua.call(dispatch, arguments)
        }

        /// From now on the turn's interruption ends Lua code.
        func begin(_ turn: Turn) throws {
            guard let lua else { throw LuaError("the file was not loaded") }
            lua.limit(turn.limit)
            turn.begin(lua.cancel)
        }
    }

    init(_ file: HookFile, services: HookServices) {
        (self.file, self.services) = (file, services)
        secrets = UsedSecrets(services.secret)
        library = FileLibrary(file, services, secrets)
        sessions = CallSessions(services)
        thread = FileThread(grace: services.grace)
    }

    var isAbandoned: Bool { thread.isAbandoned }

    /// Loads the file; its library has the registrations then.
    ///
    /// - Throws: ``LuaError``, ``HookLate``.
    func load(limit: Duration = HookState.loadLimit) async throws {
        let turn = Turn(.step, limit: limit) { [self] turn in
            let lua = try LuaState(memory: Self.memoryLimit) { [unowned self] in try answer($0, $1) }
            runner.dispatch = try Prelude.hooks.load(into: lua)
            runner.lua = lua
            try runner.begin(turn)
            defer { turn.end() }
            return try runner.dispatch([.text("load"), .text(file.text), .text("@\(file.fileName)")])
        }
        _ = try await thread.perform(turn)
    }

    /// Calls a hook, or a function that it handed over.
    ///
    /// - Parameter limit: counts from when the call gets its turn; nil: no limit of time.
    /// - Throws: ``LuaError``, ``HookLate``, ``DryRunEnd``; `CancellationError` where the caller was told to stop.
    func call(_ arguments: [LuaValue], limit: Duration?, within call: HookCall) async throws -> LuaValue {
        let turn = Turn(call.rank, limit: limit) { [self] turn in
            try runner.begin(turn)
            let running = RunningCall(call, turn, of: self)
            runner.call = running
            defer {
                turn.end()
                running.end()
                runner.call = nil
            }
            return try running.ended(with: Result { try runner.dispatch(arguments) })
        }
        return try await thread.perform(turn, patience: call.patience)
    }

    /// Answers a call of the file's Lua code, on the thread.
    private func answer(_ name: String, _ given: [LuaValue]) throws -> LuaValue {
        let arguments = Arguments(given)
        let call = runner.call
        if let answer = try library.answer(name, arguments, line: { runner.lua?.line ?? 0 }, during: call?.hook) {
            return answer
        }
        guard let call else { throw LuaError("run is there only while a hook is called") }
        // A hook that was left behind and returns all the same does nothing any more.
        guard !isAbandoned else { throw LuaError("the hook was left behind") }
        return try call.answer(name, arguments)
    }
}

/// The arguments of a call from Lua; a missing one is nil.
struct Arguments {
    private let values: [LuaValue]

    init(_ values: [LuaValue]) { self.values = values }

    subscript(_ index: Int) -> LuaValue { index < values.count ? values[index] : .none }

    /// Those after the first.
    var rest: [LuaValue] { Array(values.dropFirst()) }
    var count: Int { values.count }
}
