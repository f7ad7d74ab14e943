import FoundationEssentials
package import Host
package import Lifecycle

/// The services that hooks can use outside of Lua; one value for a run.
package struct HookServices: Sendable {
    /// Rows of a query on a session that only reads.
    package typealias Query = @Sendable (String) async throws -> [[String: LuaValue]]

    /// Where `lib` is.
    package var directory = ""
    /// `[hooks.NAME]` of the configuration.
    package var options: [String: [String: LuaValue]] = [:]
    /// The same for this run alone, as texts: `--set NAME.KEY=VALUE`.
    package var given: [String: [String: String]] = [:]
    /// The settings that were given, without secrets.
    package var settings: LuaValue = .table([:])
    package var commands: Commands
    /// Starts a program that lives until its release.
    package var start: @Sendable (Command) async throws -> LivingProcess = LivingProcess.start
    package var query: Query
    package var administer: Query
    /// The same on the recovered copy, where a private server is started for it.
    package var queryCopy: @Sendable (Run, String) async throws -> [[String: LuaValue]] = { _, _ in
        throw LuaError("there is no private server on the copy")
    }
    /// Ends the private server; the next query starts another one.
    ///
    /// Throws where the copy has changed since then.
    package var endCopy: @Sendable () async throws -> Void = {}
    /// Ends the session of `administer`; the next statement opens another one.
    package var endAdministration: @Sendable () async -> Void = {}
    /// The session of a replaced lock.
    package var lockSession: LockSession
    /// The secret of a name.
    package var secret: @Sendable (String) throws -> [UInt8]
    /// A log line of a hook file while it is loaded, when there is no run yet.
    package var noteAtLoad: @Sendable (String) -> Void = { _ in }
    /// Receives what a hook has put on the engine's stack, before the hook goes on.
    var noteUndo: @Sendable (Release) throws -> Void = { _ in }
    /// The other services.
    var machine: any HookMachine = SystemMachine()
    /// The time that an interrupted call gets for its own error before it is left behind.
    var grace = Duration.seconds(1)
    /// The values that hooks hand to later hooks.
    let variables = SharedVariables()

    package init(
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

/// The session that holds the lock of a replaced `lock`.
///
/// It is proven, and its end is the last way to release the lock.
package struct LockSession: Sendable {
    var query: HookServices.Query
    /// Throws where it is another session by now.
    var prove: @Sendable () async throws -> Void
    /// Ends it at once, also while it is busy.
    ///
    /// No session is opened until `renew`.
    var cut: @Sendable () async -> Void
    /// Lets the next statement open one.
    var renew: @Sendable () async -> Void

    package init(
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
