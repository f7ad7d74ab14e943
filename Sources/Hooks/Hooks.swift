package import Lifecycle

/// The hook files of a run, loaded and checked.
package struct Hooks: Sendable {
    /// In the order in which they are asked.
    package let registrations: [Registration]
    /// Warnings, which stop no run.
    package let warnings: [String]
    private let states: [String: HookState]

    /// Loads every file of a directory.
    ///
    /// - Throws: ``HookError`` for the first file that cannot be used; no hook is bound then.
    package static func load(_ directory: HookDirectory, services: HookServices) async throws -> Hooks {
        var services = services
        services.directory = directory.path
        var states: [String: HookState] = [:]
        var registrations: [Registration] = []
        var loaded: [HookState] = []
        var errors: [HookError] = []
        for file in directory.files {
            let state = HookState(file, services: services)
            do { try await state.load() } catch { errors.append(.invalid(Self.placed(error, file))) }
            errors += state.library.mistakes.map(HookError.invalid)
            states[file.fileName] = state
            registrations += state.library.registrations
            loaded.append(state)
        }
        // A file that could not be loaded has not told all of its options.
        if errors.isEmpty { errors += wrongOptions(loaded, services) }
        if let error = HookError(errors.sorted { $0.isBefore($1) }) { throw error }
        let order = try HookOrder(registrations, files: directory.files)
        let notes = order.notes + registrations.compactMap(\.idleOption)
        return Hooks(registrations: order.sorted, warnings: directory.warnings + notes, states: states)
    }

    private static func placed(_ error: any Error, _ file: HookFile) -> LuaError {
        var placed = error as? LuaError ?? LuaError(Failure(error).message)
        placed.message = HookFailure(placed, file, HookState.loadLimit).reason
        placed.file = placed.file ?? file.fileName
        return placed
    }

    private static func wrongOptions(_ states: [HookState], _ services: HookServices) -> [HookError] {
        let names = states.map(\.file.name)
        let configured = services.options.keys.sorted().filter { !names.contains($0) }
        let given = services.given.keys.sorted().filter { !names.contains($0) }
        return configured.map { .noSuchHook($0, nearest: nearest(to: $0, among: names)) }
            + given.map { .noSuchHookGiven($0, nearest: nearest(to: $0, among: names)) }
            + states.flatMap { state in
                state.library.options.unknown.map { key in
                    let near = nearest(to: key, among: state.library.options.known)
                    return HookError.unknownOption(hook: state.file.name, key: key, nearest: near)
                }
            }
    }

    /// Binds them to a run.
    package func bind(to table: inout HookTable) { bind(to: &table) { _ in } }

    /// - Parameter hear: receives the answers of replacements as the hooks gave them.
    func bind(to table: inout HookTable, hear: @escaping @Sendable (LuaValue) -> Void) {
        for registration in registrations {
            guard let state = states[registration.file] else { continue }
            BoundHook(registration: registration, state: state, hear: hear).bind(to: &table)
        }
    }

    /// The time for subscribers to a run's end: the longest timeout among them.
    package var hearingTimeout: Duration { hearingTimeout(within: .seconds(10)...(.seconds(300))) }

    func hearingTimeout(within bounds: ClosedRange<Duration>) -> Duration {
        let endings: [Fact.Kind] = [.succeeded, .vetoed, .deferred, .failed, .finished]
        let listening = registrations.filter { $0.verb == .on && endings.map(\.rawValue).contains($0.target) }
        let longest = listening.compactMap(\.timeout).max() ?? bounds.lowerBound
        return min(max(longest, bounds.lowerBound), bounds.upperBound)
    }

    /// The state of a file.
    func state(of fileName: String) -> HookState? { states[fileName] }
}
