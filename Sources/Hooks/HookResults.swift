import Lifecycle
import Synchronization

/// The values for reading a result.
struct ResultContext: Sendable {
    let state: HookState
    let call: HookCall
    let name: String

    func release(_ value: LuaValue, _ name: String, patience: Duration? = nil) throws -> Release? {
        value.isNone ? nil : try state.release(value, name: name, patience: patience, call)
    }

    /// A function that raises, or a process that has to live.
    func proof(_ value: LuaValue) -> (@Sendable () async throws -> Void)? {
        if !value["process"].isNone { return (try? state.processes.process(value["process"]))?.prove }
        return value["call"].integer.map { state.invoke($0, call, limit: .seconds(30)) }
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
        if context.state.sessions.hasUsedLock {
            guard let release else { throw LuaError("the lock of the lock's session needs a release") }
            let held = HeldSession(context.state.services.lockSession, release, proof)
            (ending, proof) = (held.release, held.prove)
        }
        let isWaived = ending == nil
        let plan = value["plan"].text
        try Self.check(plan, isWaived: isWaived, claim: value["locked"].bool)
        self.init(
            plan: isWaived ? "none" : plan ?? context.name,
            reason: Self.reason(value, isWaived: isWaived),
            coordinates: try Coordinates(value["coordinates"], context),
            proof: proof,
            release: ending
        )
        self.isWaived = isWaived
    }

    /// A hook that takes no lock has to say so, and no other may say it.
    private static func check(_ plan: String?, isWaived: Bool, claim: Bool?) throws {
        guard !isWaived || claim == false else {
            throw LuaError("the result has no release: return one, or locked = false where nothing has to be locked")
        }
        guard isWaived || claim != false else { throw LuaError("the result has a release and locked = false") }
        guard isWaived || plan != "none" else {
            throw LuaError("result.plan \"none\" is that of a run without a lock, and the result has a release")
        }
    }

    /// Without a lock the plan is "none": the hook's own word for it is part of the reason.
    private static func reason(_ value: LuaValue, isWaived: Bool) -> String {
        let reason = value["reason"].text ?? (isWaived ? "a hook says that no lock is needed" : "a hook took it")
        guard isWaived, let plan = value["plan"].text, plan != "none" else { return reason }
        return "\(plan): \(reason)"
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
    init(recovery value: LuaValue, _ context: ResultContext) throws {
        self.init(
            clean: value["clean"].bool ?? false,
            coordinates: try Coordinates(value["coordinates"], context),
            log: value["log"].text
        )
    }
}

extension ArchivedCopy {
    init(archive value: LuaValue, _ context: ResultContext) throws {
        let location = value["location"].text ?? ""
        self.init(
            location: location,
            bytes: value["bytes"].integer,
            files: value["files"].integer.map { Int(clamping: $0) },
            release: try context.release(value["release"], "copy at \"\(location)\"")
        )
    }
}

extension Coordinates {
    /// Reads `result.coordinates`.
    ///
    /// - Returns: nil where the hook gave none.
    /// - Throws: ``LuaError`` naming the field and what it has to be.
    init?(_ value: LuaValue, _ context: ResultContext) throws {
        guard !value.isNone else { return nil }
        let place = "result.coordinates"
        try FieldCheck.check(value, APIRecord.coordinates.fields, place, isWhole: true)
        var fields = value.fields ?? [:]
        // A server without a GTID has an empty state.
        for name in ["gtid", "replica_gtid"] where fields[name] == .text("") { fields[name] = nil }
        if fields.isEmpty, value.fields?.isEmpty == false { return nil }
        guard ["binlog", "gtid", "replica_gtid", "channels"].contains(where: { fields[$0] != nil }) else {
            throw LuaError("\(place) says no place: give binlog, gtid, replica_gtid or channels, or leave it out")
        }
        for name in ["gtid", "replica_gtid"] {
            guard let text = fields[name]?.text, let server = context.call.run.server,
                let form = GTIDForm(flavour: server.flavour), !form.includes(text)
            else { continue }
            throw LuaError("\(place).\(name) has to be a GTID state of \(server.flavour), not \(value[name].shown)")
        }
        if fields["channels"] == nil { fields["channels"] = .list([]) }
        do {
            self = try LuaValue.table(fields).decoded(as: Coordinates.self)
        } catch {
            // The table of the API has let a value pass that the manifest cannot hold.
            throw LuaError("\(place) cannot be read: \(error)")
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
