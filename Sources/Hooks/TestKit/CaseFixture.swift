import Lifecycle
import Synchronization

/// The fixture of one case: the hook file, loaded on a machine of fakes, and the run in which it is called.
final class CaseFixture: Sendable {
    struct State: Sendable {
        var run = FakeRun()
        var options: [String: LuaValue] = [:]
        var hooks: Hooks?
        var undos: [Release] = []
        /// Where the hooks were called last.
        var target: (verb: Verb, step: StepName)?
        var replaced = LuaValue.none
        /// The effect of the last call on a run.
        var outcome = FakeOutcome.none
    }

    let machine = FakeMachine()
    let heard = Heard()
    let state = Mutex(State())
    let services: HookServices
    private let hook: HookFile
    private let directory: String
    let rules: FilterRules

    init(_ hook: HookFile, directory: String, rules: FilterRules) {
        self.rules = rules
        self.hook = hook
        self.directory = directory
        services = machine.services
    }

    // MARK: Before the first call

    func setOptions(_ options: LuaValue) throws {
        try state.withLock { state in
            guard state.hooks == nil else { throw LuaError("fake.options comes before the first call") }
            guard let fields = options.fields else { throw LuaError("fake.options needs a table with names") }
            state.options.merge(fields) { $1 }
        }
    }

    func setRun(_ fields: LuaValue) throws {
        try state.withLock { state in
            if state.hooks != nil, !fields["config"].isNone {
                throw LuaError("run.config is read when the file is loaded: set it before the first call")
            }
            try state.run.set(fields)
        }
    }

    /// The hooks, loaded as a run loads them.
    ///
    /// - Throws: ``HookError``.
    func loaded() async throws -> Hooks {
        if let hooks = state.withLock({ $0.hooks }) { return hooks }
        var services = services
        let heard = heard
        services.noteAtLoad = { heard.add(.message(Message(level: .info, text: $0))) }
        services.noteUndo = { [unowned self] release in
            state.withLock { $0.undos.append(release) }
            var fields = release.undo.map(Self.fields) ?? [:]
            fields["name"] = .text(release.name)
            fields["is_function"] = .bool(release.handler != nil)
            _ = try machine.exchange.askBlocking(.text("undo"), .table(fields))
        }
        state.withLock { state in
            services.options = state.options.isEmpty ? [:] : [hook.name: state.options]
            services.settings = state.run.config
        }
        var files = HookDirectory(path: directory)
        files.files = [hook]
        let hooks = try await Hooks.load(files, services: services)
        state.withLock { $0.hooks = hooks }
        return hooks
    }

    // MARK: Staging

    func runFixture(_ hooks: Hooks, at point: FakePoint) throws -> RunFixture {
        let (run, heard, exchange) = (state.withLock { $0.run }, heard, machine.exchange)
        var table = HookTable()
        hooks.bind(to: &table) { [self] answer in state.withLock { $0.replaced = answer } }
        var environment = EngineEnvironment(
            host: run.host,
            runID: run.id,
            runUndo: { _ in },
            intend: { recorded in
                // The data of an undo is recorded, too; tests are told of the undo itself.
                guard recorded.purpose == .hook else { return }
                _ = try exchange.askBlocking(.text("intend"), .table(Self.fields(recorded.undo)))
            }
        )
        // As a run of the command prints it.
        environment.statementCommand = { "mysql -e \(quotedForShell($0))" }
        return RunFixture(
            try run.known(at: point),
            environment: environment,
            started: run.started,
            options: run.options(at: point),
            hooks: table,
            hear: { heard.add($0) }
        )
    }

    private static func fields(_ undo: Release.Undo) -> [String: LuaValue] {
        switch undo {
        case .exec(let words): ["exec": .list(words.map(LuaValue.text))]
        case .sql(let statement): ["sql": .text(statement)]
        }
    }

    /// - Throws: ``LuaError`` where the file has no such hook.
    func check(_ hooks: Hooks, _ verb: Verb, _ target: String) throws {
        guard !hooks.registrations.contains(where: { $0.verb == verb && $0.target == target }) else { return }
        let names = hooks.registrations.map { "\($0.verb.rawValue).\($0.target)" }
        let all = names.isEmpty ? "no hooks" : names.joined(separator: ", ")
        throw LuaError("\(hook.fileName) has no \(verb.rawValue).\(target); it has \(all)")
    }
}

/// The messages and acts of hooks on the run, until the test takes them.
final class Heard: Sendable {
    private let fields = Mutex<[String: [LuaValue]]>([:])

    func add(_ fact: Fact) {
        switch fact {
        case .message(let message): add("logs", .text(message.text))
        case .warning(let text): add("warnings", .text(text))
        case .progress(let progress): add("progress", .number(progress.fraction ?? 0))
        default: break
        }
    }

    private func add(_ name: String, _ value: LuaValue) { fields.withLock { $0[name, default: []].append(value) } }

    /// The first warning that a hook's own error made since the test took the others.
    var complaint: String? {
        fields.withLock { $0["warnings"]?.compactMap(\.text).first { $0.hasPrefix("hook \"") } }
    }

    func take() -> [String: LuaValue] {
        let taken = fields.withLock { fields in
            defer { fields = [:] }
            return fields
        }
        let names = ["logs", "warnings", "progress"]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, .list(taken[$0] ?? [])) })
    }
}
