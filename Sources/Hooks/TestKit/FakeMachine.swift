import FoundationEssentials
import Glibc
import HTTP
import Host
import Lifecycle
import Synchronization

/// The machine of a test: every effect is a question to the test's fakes.
final class FakeMachine: HookMachine {
    let exchange = Exchange()
    let clock = FakeClock()
    private let users = Mutex<[String]>([])

    var services: HookServices {
        var services = HookServices(
            commands: Commands { [self] in try await run($0) },
            query: { [self] in try await query($0, "monitor") },
            administer: { [self] in try await query($0, "admin") },
            lockSession: LockSession(query: { [self] in try await query($0, "lock") }, prove: {}, cut: {}),
            secret: { [self] in
                guard case .string(let bytes) = try exchange.askBlocking(.text("secret"), .text($0)) else { return [] }
                return bytes
            }
        )
        services.machine = self
        services.queryCopy = { [self] in try await query($1, "copy") }
        services.start = { throw LuaError("no fake for run:spawn, which would start \($0)") }
        return services
    }

    var time: Double { clock.now }
    var processorTime: Double { clock.elapsed }
    var elapsed: Double? { clock.elapsed }

    private func query(_ statement: String, _ session: String) async throws -> [[String: LuaValue]] {
        let rows = try await exchange.ask(.text("sql"), .text(statement), .text(session))
        return (rows.list ?? []).compactMap(\.fields)
    }

    // MARK: Programs

    private func run(_ command: Command) async throws -> CommandResult {
        let reply = try await exchange.ask(.text("exec"), value(command))
        if let reason = reply["error"].text { throw LuaError("cannot run \(command.executable): \(reason)") }
        let output = bytes(reply["stdout"])
        if !output.isEmpty { command.onOutput?(output[...]) }
        let takes = Duration.seconds(reply["takes"].number ?? 0)
        return CommandResult(
            status: .exited(Int32(clamping: reply["status"].integer ?? 0)),
            standardOutput: output,
            standardError: bytes(reply["stderr"]),
            duration: takes,
            isTimedOut: takes > command.deadline
        )
    }

    /// One after the other: each reads what the one before it has written.
    func run(
        _ pipeline: Pipeline,
        by commands: Commands,
        check: @Sendable ([CommandResult]) throws -> Void
    ) async throws -> [CommandResult] {
        var results: [CommandResult] = []
        for var command in pipeline.commands {
            if let last = results.last { command.input = last.standardOutput }
            results.append(try await commands.run(command))
        }
        try check(results)
        if let path = pipeline.output, let bytes = results.last?.standardOutput {
            _ = try await exchange.ask(.text("write"), .text(path), .string(bytes), .text("600"))
            results[results.count - 1].standardOutput = []
        }
        return results
    }

    private func value(_ command: Command) -> LuaValue {
        var fields: [String: LuaValue] = [
            "words": .list(([command.executable] + command.arguments).map(LuaValue.text)),
            // The mark of the run is none of the hook's own.
            "env": .table(
                command.environment.filter { $0.key != RunProcesses.variable }.mapValues(LuaValue.text)
            ),
            "stdin": .string(command.input),
            "timeout": .number(command.deadline.inSeconds),
        ]
        fields["cwd"] = command.workingDirectory.map(LuaValue.text)
        fields["user"] = command.user.map { user in .text(users.withLock { $0[Int(user.uid)] }) }
        return .table(fields)
    }

    /// Any name is a user's; the number leads back to it.
    func user(_ name: String) -> Command.User {
        users.withLock { users in
            users.append(name)
            return Command.User(uid: UInt32(users.count - 1), gid: 0)
        }
    }

    // MARK: Requests

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.check()
        let reply = try await exchange.ask(.text("http"), try value(request))
        if let reason = reply["error"].text { throw LuaError("\(request): \(reason)") }
        let headers = (reply["headers"].fields ?? [:]).map { (name: $0.key, value: $0.value.text ?? "") }
        return HTTPResponse(
            status: Int(clamping: reply["status"].integer ?? 200),
            headers: headers,
            body: bytes(reply["body"])
        )
    }

    private func value(_ request: HTTPRequest) throws -> LuaValue {
        let headers = Dictionary(request.headers.map { ($0.name, LuaValue.text($0.value)) }) { $1 }
        var fields: [String: LuaValue] = [
            "method": .text(request.method.uppercased()), "url": .text(request.url), "headers": .table(headers),
            "timeout": .number(request.timeout.inSeconds), "retries": .integer(Int64(request.retries)),
        ]
        fields["body"] = request.body.map { .string($0) }
        if let body = request.body, headers["Content-Type"] == .text("application/json") {
            fields["json"] = try JSONValues.decode(.string(body))
        }
        return .table(fields)
    }

    // MARK: Files

    func read(_ path: String) throws -> [UInt8] { bytes(try exchange.askBlocking(.text("read"), .text(path))) }

    func write(_ path: String, _ bytes: [UInt8], mode: mode_t) throws {
        _ = try exchange.askBlocking(.text("write"), .text(path), .string(bytes), .text(String(mode, radix: 8)))
    }

    func list(_ path: String) throws -> [String] {
        (try exchange.askBlocking(.text("list"), .text(path)).list ?? []).compactMap(\.text)
    }

    func status(_ path: String) throws -> LuaValue { try exchange.askBlocking(.text("stat"), .text(path)) }

    func realPath(_ path: String) throws -> String {
        try exchange.askBlocking(.text("realpath"), .text(path)).text ?? path
    }

    private func bytes(_ value: LuaValue) -> [UInt8] {
        if case .string(let bytes) = value { bytes } else { [] }
    }
}

/// A clock that stands until it is moved.
final class FakeClock: Sendable {
    /// 2026-11-22T10:15:02Z.
    static let start = 1_795_342_502.0

    private let time = Mutex(start)

    /// Seconds since 1970.
    var now: Double { time.withLock { $0 } }
    var elapsed: Double { now - Self.start }

    func advance(_ seconds: Double) { time.withLock { $0 += seconds } }

    /// - Throws: ``LuaError`` for a text that is no time.
    func set(_ value: LuaValue) throws {
        if let seconds = value.number { return time.withLock { $0 = seconds } }
        guard let text = value.text, let date = try? Date(text, strategy: .iso8601) else {
            throw LuaError("a time is seconds since 1970, or such as \"2026-01-31T10:00:00Z\"")
        }
        time.withLock { $0 = date.timeIntervalSince1970 }
    }
}
