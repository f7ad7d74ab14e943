import Glibc
import HTTP
import Host

/// The machine as hooks reach it, besides commands and sessions; tests have a fake in its place.
protocol HookMachine: Sendable {
    /// Seconds since 1970.
    var time: Double { get }
    /// Seconds of processor time, as `os.clock` says them.
    var processorTime: Double { get }
    /// Seconds on a clock of its own, by which calls are late; nil: time passes by itself, and alarms tell it.
    var elapsed: Double? { get }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse
    /// Runs programs whose outputs go somewhere else than to the hook; see `Pipeline`.
    func run(
        _ pipeline: Pipeline,
        by commands: Commands,
        check: @Sendable ([CommandResult]) throws -> Void
    ) async throws -> [CommandResult]
    /// - Throws: ``LuaError`` for a user that the system doesn't know.
    func user(_ name: String) throws -> Command.User

    // For the hook's own thread: they block. Each throws ``LuaError`` naming the file.

    func read(_ path: String) throws -> [UInt8]
    func write(_ path: String, _ bytes: [UInt8], mode: mode_t) throws
    /// The names, sorted.
    func list(_ path: String) throws -> [String]
    /// Nil of a missing file.
    func status(_ path: String) throws -> LuaValue
    func realPath(_ path: String) throws -> String
}

/// The machine that the program runs on.
struct SystemMachine: HookMachine {
    var time: Double { Double(Glibc.time(nil)) }
    var processorTime: Double { Double(Glibc.clock()) / Double(CLOCKS_PER_SEC) }
    var elapsed: Double? { nil }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse { try await request.send() }

    func run(
        _ pipeline: Pipeline,
        by commands: Commands,
        check: @Sendable ([CommandResult]) throws -> Void
    ) async throws -> [CommandResult] {
        try await pipeline.run(by: commands, check: check)
    }

    func user(_ name: String) throws -> Command.User {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else {
            throw LuaError("there is no user \"\(name)\"")
        }
        var groups = [gid_t](repeating: 0, count: 256)
        var count = Int32(groups.count)
        guard getgrouplist(name, entry.pw_gid, &groups, &count) >= 0 else {
            throw LuaError("the groups of user \"\(name)\" cannot be read")
        }
        return Command.User(uid: entry.pw_uid, gid: entry.pw_gid, groups: Array(groups.prefix(Int(count))))
    }
}
