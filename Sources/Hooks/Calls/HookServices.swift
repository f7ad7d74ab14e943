import FoundationEssentials
public import Host
import Lifecycle
import Synchronization

/// What hooks can reach outside of Lua; one for a run.
public struct HookServices: Sendable {
    /// Rows of a query on a session that only reads.
    public typealias Query = @Sendable (String) async throws -> [[String: LuaValue]]

    /// Where `lib` is.
    public var directory = ""
    /// `[hooks.NAME]` of the configuration.
    public var options: [String: [String: LuaValue]] = [:]
    /// The settings that were given, without secrets.
    public var settings: LuaValue = .table([:])
    public var commands: Commands
    /// Starts a program that lives until its release.
    public var start: @Sendable (Command) async throws -> LivingProcess = LivingProcess.start
    public var query: Query
    public var administer: Query
    /// Ends the session of `administer`; the next statement opens another one.
    public var endAdministration: @Sendable () async -> Void = {}
    /// The session of a replaced lock.
    public var lockSession: LockSession
    /// The secret of a name.
    public var secret: @Sendable (String) throws -> [UInt8]
    /// A hook's word while its file is loaded, when there is no run yet.
    public var noteAtLoad: @Sendable (String) -> Void = { _ in }
    /// What else there is to reach.
    var machine: any HookMachine = SystemMachine()
    /// What an interrupted call gets for its own error before it is left behind.
    var grace = Duration.seconds(1)
    /// What hooks hand to later hooks.
    let variables = SharedVariables()

    public init(
        commands: Commands,
        query: @escaping Query,
        administer: @escaping Query,
        lockSession: LockSession,
        secret: @escaping @Sendable (String) throws -> [UInt8]
    ) {
        self.commands = commands
        self.query = query
        self.administer = administer
        self.lockSession = lockSession
        self.secret = secret
    }
}

/// The session that holds what a replaced `lock` locked: it is proven, and its end is the last way to let go.
public struct LockSession: Sendable {
    var query: HookServices.Query
    /// Throws where it is not the session any more that it was.
    var prove: @Sendable () async throws -> Void
    /// Ends it at once, whatever it is busy with; none is opened until `renew`.
    var cut: @Sendable () async -> Void
    /// Lets the next statement open one.
    var renew: @Sendable () async -> Void

    public init(
        query: @escaping HookServices.Query,
        prove: @escaping @Sendable () async throws -> Void,
        cut: @escaping @Sendable () async -> Void,
        renew: @escaping @Sendable () async -> Void = {}
    ) {
        self.query = query
        self.prove = prove
        self.cut = cut
        self.renew = renew
    }
}

/// `run.vars`.
final class SharedVariables: Sendable {
    /// Bytes of all of them as JSON: they are outside of the memory that Lua is allowed.
    static let sizeLimit = 16 << 20

    private struct State {
        var values: [String: LuaValue] = [:]
        var sizes: [String: Int] = [:]
    }

    private let state = Mutex(State())

    subscript(_ name: String) -> LuaValue { state.withLock { $0.values[name] ?? .none } }

    /// - Throws: ``LuaError`` where all of them would be too large.
    func set(_ name: String, _ value: LuaValue) throws {
        let size = name.utf8.count + (try JSONEncoder().encode(value)).count
        try state.withLock { state in
            let others = state.sizes.values.reduce(0, +) - (state.sizes[name] ?? 0)
            guard others + size <= Self.sizeLimit else {
                throw LuaError("run.vars hold at most \(Self.sizeLimit >> 20) MiB")
            }
            (state.values[name], state.sizes[name]) = (value, size)
        }
    }
}
