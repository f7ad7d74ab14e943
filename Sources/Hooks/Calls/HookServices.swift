import FoundationEssentials
public import Host
public import Lifecycle

/// What hooks can reach outside of Lua; one for a run.
public struct HookServices: Sendable {
    /// Rows of a query on a session that only reads.
    public typealias Query = @Sendable (String) async throws -> [[String: LuaValue]]

    /// Where `lib` is.
    public var directory = ""
    /// `[hooks.NAME]` of the configuration.
    public var options: [String: [String: LuaValue]] = [:]
    /// The same for this run alone, as texts: `--set NAME.KEY=VALUE`.
    public var given: [String: [String: String]] = [:]
    /// The settings that were given, without secrets.
    public var settings: LuaValue = .table([:])
    public var commands: Commands
    /// Starts a program that lives until its release.
    public var start: @Sendable (Command) async throws -> LivingProcess = LivingProcess.start
    public var query: Query
    public var administer: Query
    /// The same on the recovered copy, where a private server is started for it.
    public var queryCopy: @Sendable (Run, String) async throws -> [[String: LuaValue]] = { _, _ in
        throw LuaError("there is no private server on the copy")
    }
    /// Ends the private server; the next query starts another one. Throws where the copy is not as it was then.
    public var endCopy: @Sendable () async throws -> Void = {}
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
