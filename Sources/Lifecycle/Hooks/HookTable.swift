/// Everything bound to the steps, filters and events of a run, in the order of registration.
///
/// A value: a run works on the table as it was when it started.
package struct HookTable: Sendable {
    /// A hook that is asked before a step.
    struct Before: Sendable {
        let name: String
        let place: String?
        let limit: Limit
        let ask: @Sendable (Run) async throws -> Verdict
    }

    /// The party that limits the time of a hook.
    package enum Limit: Sendable {
        /// The engine, within its own time for hooks.
        case engine
        /// The caller that bound it, within its own limit.
        case own
    }

    /// A hook that runs after a step's success, with its result.
    struct After: Sendable {
        let name: String
        let place: String?
        let limit: Limit
        /// Whether its error fails the run, as long as nothing is published.
        let failsRun: Bool
        let tell: @Sendable (Run, any Sendable) async throws -> Void
    }

    /// A hook that may change a value.
    struct Change: Sendable {
        let name: String
        let place: String?
        let limit: Limit
        let apply: @Sendable (Run, any Sendable) async throws -> any Sendable
    }

    /// A hook that receives events, with the run.
    struct RunSubscriber: Sendable {
        let name: String
        let place: String?
        /// The only kind that it receives; nil for all.
        let kind: Fact.Kind
        let hear: @Sendable (Run, Event) async throws -> Void
    }

    /// Performs a step.
    struct BoundProvider: Sendable {
        let name: String
        var place: String?
        let isBuiltIn: Bool
        let provide: @Sendable (Run) async throws -> Provision<any Sendable>
        let plan: @Sendable (Run) async throws -> [String]
        /// Checks or completes the result of a hook.
        var adopt: @Sendable (any Sendable, Run) async throws -> any Sendable = { output, _ in output }
    }

    private(set) var before: [StepName: [Before]] = [:]
    private(set) var after: [StepName: [After]] = [:]
    private(set) var changes: [FilterName: [Change]] = [:]
    private(set) var subscribers: [Subscriber] = []
    private(set) var runSubscribers: [RunSubscriber] = []
    private var replacements: [StepName: [BoundProvider]] = [:]
    private var builtIns: [StepName: [BoundProvider]] = [:]
    var hookTimeout: Duration = .seconds(30)
    /// Notes each call of a hook; nil: no trace is kept.
    package var trace: HookTrace?

    /// Creates a table without hooks and providers.
    package init() {}

    /// Providers of a step in the order in which they are asked.
    func providers(of step: StepName) -> [BoundProvider] {
        (replacements[step] ?? []) + (builtIns[step] ?? [])
    }

    /// Lets the built-in providers of a step check or complete the result of a hook.
    func adopt(_ output: any Sendable, of step: StepName, _ run: Run) async throws -> any Sendable {
        var output = output
        for builtIn in builtIns[step] ?? [] { output = try await builtIn.adopt(output, run) }
        return output
    }

    /// Whether a hook put a provider in front of the built-in one.
    package func isReplaced(_ step: StepName) -> Bool { replacements[step]?.isEmpty == false }

    /// Whether a hook may look at the run while the lock is held.
    var isWatchedUnderLock: Bool {
        after[.lock]?.isEmpty == false || before[.snapshot]?.isEmpty == false || isReplaced(.snapshot)
    }

    // MARK: The five verbs

    /// Asks `hook` before the step.
    package mutating func before(
        _ step: StepName,
        name: String? = nil,
        place: String? = nil,
        limit: Limit = .engine,
        _ hook: @escaping @Sendable (Run) async throws -> Verdict
    ) {
        let name = name ?? ordinal("before", step, before[step]?.count)
        before[step, default: []].append(Before(name: name, place: place, limit: limit, ask: hook))
    }

    /// Puts a provider in front of the built-in one.
    package mutating func replace<Output: Sendable>(
        _ step: ReplaceableStep<Output>,
        name: String? = nil,
        place: String? = nil,
        _ hook: @escaping @Sendable (Run) async throws -> Provision<Output>
    ) {
        let name = name ?? ordinal("replace", step.name, replacements[step.name]?.count)
        let bound = BoundProvider(
            name: name,
            place: place,
            isBuiltIn: false,
            provide: { try await hook($0).erased },
            plan: { _ in ["\(name) performs this step"] }
        )
        replacements[step.name, default: []].append(bound)
    }

    /// Tells `hook` of the step's success; hooks run in reverse order of registration.
    package mutating func after<Output: Sendable>(
        _ step: Step<Output>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run, Output) async throws -> Void
    ) {
        let name = name ?? ordinal("after", step.name, after[step.name]?.count)
        let tell: @Sendable (Run, any Sendable) async throws -> Void = { run, output in
            guard let output = output as? Output else { throw WrongResult(step: step.name) }
            try await hook(run, output)
        }
        let hook = After(name: name, place: nil, limit: .engine, failsRun: false, tell: tell)
        after[step.name, default: []].insert(hook, at: 0)
    }

    /// Tells `hook` of the success of a step whose result it does not look at; it keeps its own deadline.
    package mutating func after(
        any step: StepName,
        name: String,
        place: String? = nil,
        failsRun: Bool,
        _ hook: @escaping @Sendable (Run) async throws -> Void
    ) {
        let hook = After(name: name, place: place, limit: .own, failsRun: failsRun) { run, _ in try await hook(run) }
        after[step, default: []].insert(hook, at: 0)
    }

    /// Lets `hook` change a value on its way.
    package mutating func filter<Value: Sendable>(
        _ filter: Filter<Value>,
        name: String? = nil,
        place: String? = nil,
        limit: Limit = .engine,
        _ hook: @escaping @Sendable (Run, Value) async throws -> Value
    ) {
        let name = name ?? "filter.\(filter.name.rawValue) \((changes[filter.name]?.count ?? 0) + 1)"
        let apply: @Sendable (Run, any Sendable) async throws -> any Sendable = { run, value in
            guard let value = value as? Value else { return value }
            return try await hook(run, value)
        }
        changes[filter.name, default: []].append(Change(name: name, place: place, limit: limit, apply: apply))
    }

    /// Calls `hear` for each event; the engine never waits for it.
    package mutating func on(_ hear: @escaping @Sendable (Event) async -> Void) {
        subscribers.append(Subscriber(hear: hear))
    }

    /// Calls `hear` for one kind of event, with the run; the engine never waits for it.
    ///
    /// Its errors appear in a trace only.
    package mutating func on(
        _ kind: Fact.Kind,
        name: String,
        place: String? = nil,
        _ hear: @escaping @Sendable (Run, Event) async throws -> Void
    ) {
        runSubscribers.append(RunSubscriber(name: name, place: place, kind: kind, hear: hear))
    }

    /// Adds the built-in provider of a step, which is asked after every replacement.
    package mutating func provide<Output: Sendable>(_ step: Step<Output>, by provider: some StepProvider<Output>) {
        let bound = BoundProvider(
            name: provider.name,
            isBuiltIn: true,
            provide: { try await provider.provide($0).erased },
            plan: { try await provider.plan($0) },
            adopt: { output, run in
                guard let output = output as? Output else { throw WrongResult(step: step.name) }
                return try await provider.adopt(output, run)
            }
        )
        builtIns[step.name, default: []].append(bound)
    }

    private func ordinal(_ verb: String, _ step: StepName, _ count: Int?) -> String {
        "\(verb).\(step.rawValue) \((count ?? 0) + 1)"
    }
}

/// A result of another type than the step's own.
struct WrongResult: Error, CustomStringConvertible {
    let step: StepName

    var description: String { "the provider of \(step.rawValue) returned a value of another type" }
}

extension Provision {
    fileprivate var erased: Provision<any Sendable> {
        switch self {
        case .result(let output): .result(output)
        case .declined(let reason): .declined(reason)
        }
    }
}
