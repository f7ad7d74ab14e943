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
    public var query: Query
    public var administer: Query
    /// The secret of a name.
    public var secret: @Sendable (String) throws -> [UInt8]
    /// A hook's word while its file is loaded, when there is no run yet.
    public var noteAtLoad: @Sendable (String) -> Void = { _ in }
    /// What hooks hand to later hooks.
    let variables = SharedVariables()

    public init(
        commands: Commands,
        query: @escaping Query,
        administer: @escaping Query,
        secret: @escaping @Sendable (String) throws -> [UInt8]
    ) {
        self.commands = commands
        self.query = query
        self.administer = administer
        self.secret = secret
    }
}

/// `run.vars`.
final class SharedVariables: Sendable {
    private let values = Mutex<[String: LuaValue]>([:])

    subscript(_ name: String) -> LuaValue {
        get { values.withLock { $0[name] ?? .none } }
        set { values.withLock { $0[name] = newValue } }
    }
}
