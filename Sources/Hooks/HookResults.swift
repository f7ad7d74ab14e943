import Lifecycle
import Synchronization

/// The values for reading a result.
struct ResultContext: Sendable {
    let state: HookState
    let call: HookCall
    let name: String

    func release(_ value: LuaValue, _ name: String, patience: Duration? = nil) throws -> Release? {
        value.isNone ? nil : try state.host.makeRelease(value, name: name, patience: patience, call)
    }

    /// A function that raises, or a process that has to live.
    func proof(_ value: LuaValue) -> (@Sendable () async throws -> Void)? {
        if let number = value["process"].integer { return state.host.processes.withLock { $0[number] }?.prove }
        return value["call"].integer.map { state.host.invoke($0, call, limit: .seconds(30)) }
    }
}

extension Connection {
    init(connection value: LuaValue, _ context: ResultContext) throws {
        let files = (value["files"].list ?? []).compactMap(\.text).map { DataFile(role: .tablespace, path: $0) }
        let server = Server(
            flavour: value["flavour"].text ?? "",
            version: value["version"].text ?? "",
            datadir: value["datadir"].text ?? "",
            files: files,
            isReplica: value["is_replica"].bool ?? false
        )
        self.init(server: server, release: try context.release(value["release"], "session"))
    }
}

extension Location {
    init(location value: LuaValue, _ context: ResultContext) throws {
        let volume = Volume(
            group: value["group"].text ?? "",
            name: value["name"].text ?? "",
            device: value["device"].text ?? "",
            size: value["size"].integer ?? 0,
            free: value["free"].integer ?? 0,
            filesystem: value["filesystem"].text ?? "",
            mountPoints: (value["mount_points"].list ?? []).compactMap(\.text)
        )
        self.init(volume: volume, paths: [], release: try context.release(value["release"], "location"))
    }
}

extension Lock {
    /// A lock on the session of `run:sql` is proven by that session, and ends with it.
    init(lock value: LuaValue, _ context: ResultContext) throws {
        // All writers wait: a function gets no more time than a statement of the built-in provider.
        let release = try context.release(value["release"], "lock", patience: .seconds(1))
        // A process that ends the lock proves it, too.
        let proofs = [value["release"], value["proof"]].compactMap(context.proof)
        var proof: (@Sendable () async throws -> Void)?
        if !proofs.isEmpty { proof = { for proof in proofs { try await proof() } } }
        var ending = release
        if context.state.host.hasUsedLockSession.load(ordering: .acquiring) {
            guard let release else { throw LuaError("the lock of the lock's session needs a release") }
            let held = HeldSession(context.state.host.services.lockSession, release, proof)
            (ending, proof) = (held.release, held.prove)
        }
        self.init(
            plan: value["plan"].text ?? context.name,
            reason: value["reason"].text ?? "a hook took it",
            coordinates: try Coordinates(value["coordinates"]),
            proof: proof,
            release: ending
        )
        isWaived = ending == nil
        let claim = value["locked"].bool
        if isWaived { try Self.checkWaiver(claim, context.call.run.server) }
        guard isWaived || claim != false else { throw LuaError("the result has a release and locked = false") }
    }

    /// Without a lock the rules of the plan "none" hold: every table has to be of an engine that recovers by itself.
    private static func checkWaiver(_ claim: Bool?, _ server: Server?) throws {
        guard claim == false else {
            throw LuaError("the result has no release: return one, or locked = false where nothing has to be locked")
        }
        let engines = (server?.engines ?? []).filter { !$0.isTransactional && $0.userTables > 0 }.map(\.engine)
        guard engines.isEmpty else {
            throw LuaError("locked = false is refused: there are tables of \(engines.joined(separator: ", "))")
        }
    }
}

/// A hook's lock on the lock's session: it is released on that session, and ends with it.
private final class HeldSession: Sendable {
    private let session: LockSession
    private let written: Release
    private let given: (@Sendable () async throws -> Void)?
    private let isProven = Atomic(false)

    init(_ session: LockSession, _ written: Release, _ given: (@Sendable () async throws -> Void)?) {
        self.session = session
        self.written = written
        self.given = given
    }

    /// As the hook wrote it, but a statement is sent on the session that holds the lock; then the session ends.
    var release: Release {
        Release(
            written.name,
            deadline: .seconds(1),
            repair: written.repair,
            handler: { [self] in
                if let handler = written.handler {
                    try await handler()
                } else if case .sql(let statement) = written.undo {
                    _ = try await session.query(statement)
                }
                try await session.prove()
                isProven.store(true, ordering: .releasing)
                await session.cut()
            },
            fallback: { [self] in await session.cut() }
        )
    }

    func prove() async throws {
        guard isProven.load(ordering: .acquiring) else { throw LuaError("the lock's session was lost") }
        try await given?()
    }
}

extension Snapshot {
    init(snapshot value: LuaValue, _ context: ResultContext) throws {
        let name = value["name"].text ?? value["device"].text ?? ""
        guard let release = try context.release(value["release"], "snapshot \"\(name)\"") else {
            throw LuaError("a snapshot needs a release")
        }
        self.init(
            name: name,
            device: value["device"].text ?? "",
            check: context.proof(value["check"]),
            release: release
        )
    }
}

extension Mount {
    init(mount value: LuaValue, _ context: ResultContext) throws {
        let path = value["path"].text ?? ""
        guard let release = try context.release(value["release"], "mount of \"\(path)\"") else {
            throw LuaError("a mount needs a release")
        }
        self.init(path: path, mountPoint: value["mount_point"].text ?? path, release: release)
    }
}

extension Recovery {
    init(recovery value: LuaValue) throws {
        self.init(
            clean: value["clean"].bool ?? false,
            coordinates: try Coordinates(value["coordinates"]),
            log: value["log"].text
        )
    }
}

extension ArchivedCopy {
    init(archive value: LuaValue, _ context: ResultContext) throws {
        let location = value["location"].text ?? ""
        self.init(
            location: location,
            bytes: value["bytes"].integer ?? 0,
            files: Int(clamping: value["files"].integer ?? 0),
            release: try context.release(value["release"], "copy at \"\(location)\"")
        )
    }
}

extension Coordinates {
    /// - Returns: nil of nothing.
    init?(_ value: LuaValue) throws {
        guard var fields = value.fields, !fields.isEmpty else { return nil }
        if fields["channels"] == nil { fields["channels"] = .list([]) }
        do {
            self = try LuaValue.table(fields).decoded(as: Coordinates.self)
        } catch {
            throw LuaError("coordinates: binlog = {file=, position=}, gtid = \"…\": \(error)")
        }
    }
}

extension Verdict {
    init(_ value: LuaValue) throws {
        let reason = value["reason"].text ?? ""
        switch value["verdict"].text {
        case "veto": self = .veto(reason)
        case "defer": self = .defer(reason)
        case "skip": self = .skip(reason)
        case "retry":
            let wait = value["wait"].number.map { Duration.seconds($0) } ?? .seconds(10)
            self = .retry(reason, wait: wait, attempts: value["attempts"].integer.map { Int(clamping: $0) } ?? 5)
        default: self = .proceed
        }
    }
}
