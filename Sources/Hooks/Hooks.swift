public import Lifecycle

/// The hook files of a run, loaded and checked.
public struct Hooks: Sendable {
    /// In the order in which they are asked.
    public let registrations: [Registration]
    /// What is worth saying, and stops nothing.
    public let warnings: [String]
    private let states: [String: HookState]

    /// Loads every file of a directory.
    ///
    /// - Throws: ``HookError`` for the first file that can't be used; nothing is bound then.
    public static func load(_ directory: HookDirectory, services: HookServices) async throws -> Hooks {
        var services = services
        services.directory = directory.path
        var states: [String: HookState] = [:]
        var registrations: [Registration] = []
        var hosts: [HookHost] = []
        for file in directory.files {
            let host = HookHost(file, services: services)
            let state = HookState(file, host: host)
            host.state = state
            do { try await state.load() } catch { throw HookError.invalid(Self.placed(error, file)) }
            states[file.fileName] = state
            registrations += host.registrations
            hosts.append(host)
        }
        try checkOptions(hosts, services.options)
        let order = try HookOrder(registrations, files: directory.files)
        return Hooks(registrations: order.sorted, warnings: directory.warnings + order.notes, states: states)
    }

    private static func placed(_ error: any Error, _ file: HookFile) -> LuaError {
        var placed = error as? LuaError ?? LuaError("\(error)")
        placed.file = placed.file ?? file.fileName
        return placed
    }

    private static func checkOptions(_ hosts: [HookHost], _ options: [String: [String: LuaValue]]) throws {
        let names = hosts.map(\.file.name)
        for name in options.keys.sorted() where !names.contains(name) {
            throw HookError.noSuchHook(name, nearest: nearest(to: name, among: names))
        }
        for host in hosts {
            guard let key = host.unknownOptions.first else { continue }
            throw HookError.unknownOption(
                hook: host.file.name,
                key: key,
                nearest: nearest(to: key, among: host.knownOptions)
            )
        }
    }

    /// Binds them to a run.
    public func bind(to table: inout HookTable) { bind(to: &table) { _ in } }

    /// - Parameter hear: hears the answers of replacements as the hooks gave them.
    func bind(to table: inout HookTable, hear: @escaping @Sendable (LuaValue) -> Void) {
        for registration in registrations {
            guard let state = states[registration.file] else { continue }
            BoundHook(registration: registration, state: state, hear: hear).bind(to: &table)
        }
    }

    /// How long those that hear of a run's end may need: the longest time that one of them asked for.
    public var hearingTimeout: Duration { hearingTimeout(within: .seconds(10)...(.seconds(300))) }

    func hearingTimeout(within bounds: ClosedRange<Duration>) -> Duration {
        let endings: [Fact.Kind] = [.succeeded, .vetoed, .deferred, .failed, .finished]
        let listening = registrations.filter { $0.verb == .on && endings.map(\.rawValue).contains($0.target) }
        let longest = listening.compactMap(\.timeout).max() ?? bounds.lowerBound
        return min(max(longest, bounds.lowerBound), bounds.upperBound)
    }

    /// The state of a file.
    func state(of fileName: String) -> HookState? { states[fileName] }
}
