import Glibc
import Host
import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import Hooks

/// A whole run without a machine, with hook files.
struct HookHarness {
    /// Its programs carry it as their mark: another process of tests that ends those of its "r1" is not to end them.
    static let runID = "hooks\(getpid())"

    let recorder = Recorder<String>()
    var files: [(name: String, text: String)] = []
    var services: HookServices
    var options = EngineOptions()

    init(_ text: String, name: String = "10-test.lua") {
        files = [(name, text)]
        let recorder = recorder
        services = HookServices(
            commands: .system,
            query: { sql in
                recorder.add("sql \(sql)")
                return [["answer": .text("42")]]
            },
            administer: { sql in
                recorder.add("admin \(sql)")
                return []
            },
            lockSession: LockSession(
                query: { sql in
                    recorder.add("lock sql \(sql)")
                    return [["File": .text("binlog.000001"), "Position": .text("4")]]
                },
                prove: { recorder.add("lock proven") },
                cut: { recorder.add("lock cut") }
            ),
            secret: { name in Array("very-\(name)".utf8) }
        )
        options.hookTimeout = .seconds(30)
    }

    func load() async throws -> Hooks {
        var directory = HookDirectory(path: "/nowhere")
        directory.files = files.map {
            HookFile(fileName: $0.name, name: HookFile.name(of: $0.name) ?? $0.name, path: $0.name, text: $0.text)
        }
        return try await Hooks.load(directory, services: services)
    }

    /// The error of loading.
    func complaint() async -> String {
        do {
            _ = try await load()
            return "nothing"
        } catch {
            return Failure(error).message
        }
    }

    func run(_ trace: HookTrace? = nil) async throws -> Outcome {
        var table = HookTable()
        table.trace = trace
        try await load().bind(to: &table)
        let recorder = recorder
        table.on { event in
            if case .message(let message) = event.fact { recorder.add("log \(message.text)") }
        }
        provideAll(&table)
        var environment = EngineEnvironment(
            host: "db1",
            runID: Self.runID,
            runUndo: { recorder.add("undo \($0.asCommand(Self.client))") },
            intend: { recorder.add("intend \($0.undo.asCommand(Self.client))") }
        )
        environment.statementCommand = Self.client
        if options.kind != .backup { environment.begin = Self.begin }
        return await Engine(hooks: table, options: options, environment: environment).run()
    }

    /// The shell's command for a statement.
    private static let client: @Sendable (String) -> String = { "client \(quotedForShell($0))" }

    private static let begin: @Sendable (Run) async throws -> Void = { run in
        var set = BackupSet(id: "r0", location: "/b/r0", manifest: "/b/r0/manifest.json")
        (set.host, set.created) = ("db9", 1_700_000_000)
        var request = RestoreRequest(target: "/data")
        (request.members, request.bytes) = (7, 1 << 40)
        let subject = SetSubject(
            set,
            server: Server(flavour: "mariadb", version: "10.11", datadir: "/old"),
            coordinates: Coordinates(binlog: .init(file: "b.1", position: 4))
        )
        run.begin(
            on: subject,
            request: run.kind == .restore ? request : nil,
            level: run.kind == .verify ? "start" : nil
        )
    }

    /// A value as the filters leave it.
    func filtered<Value: Sendable>(_ filter: Filter<Value>, _ value: Value) async throws -> Value {
        var table = HookTable()
        try await load().bind(to: &table)
        let result = Mutex<Result<Value, any Error>?>(nil)
        table.provide(.preflight) { run in
            do {
                let changed = try await run.apply(filter, to: value)
                result.withLock { $0 = .success(changed) }
            } catch {
                result.withLock { $0 = .failure(error) }
            }
            throw CancellationError()
        }
        let environment = EngineEnvironment(host: "h", runID: Self.runID, runUndo: { _ in }, intend: { _ in })
        _ = await Engine(hooks: table, options: options, environment: environment).run()
        return try #require(result.withLock { $0 }).get()
    }

    private func provideAll(_ table: inout HookTable) {
        let recorder = recorder
        @Sendable func release(_ kind: String, _ name: String? = nil) -> Release {
            Release(name ?? kind) { recorder.add("release \(kind)") }
        }
        func provide<Output: Sendable>(
            _ step: Step<Output>,
            _ result: @escaping @Sendable (Run) async throws -> Output
        ) {
            table.provide(step, name: "built-in") { run in
                let output = try await result(run)
                recorder.add("step \(step.name.rawValue)")
                return output
            }
        }
        let server = Server(flavour: "mariadb", version: "10.11", datadir: "/data", isReplica: true)
        let volume = Volume(group: "g", name: "v", device: "/dev/g/v", size: 1 << 53 + 1, free: 1, filesystem: "xfs")
        provide(.preflight) { _ in }
        provide(.connect) { _ in Connection(server: server, release: release("session")) }
        provide(.locate) { _ in Location(volume: volume, paths: []) }
        provide(.prepare) { run in
            _ = try await run.apply(.snapshotSize, to: "5G")
            run.undoAtEnd(release("run lock"))
        }
        provide(.flush) { _ in }
        provide(.lock) { _ in Lock(plan: "stage", reason: "test", proof: {}, release: release("lock")) }
        provide(.snapshot) { _ in
            let release = release("snapshot", "snapshot \"g/s\"")
            return Snapshot(name: "s", device: "/dev/s", check: {}, usage: { 0.5 }, release: release)
        }
        provide(.mount) { _ in Mount(path: "/mnt/data", mountPoint: "/mnt", release: release("mount", "mount \"/mnt\""))
        }
        provide(.recover) { _ in Recovery(clean: true) }
        provide(.verify) { _ in Verification(level: "none") }
        provide(.archive) { run in
            _ = try await run.apply(.archiveName, to: "set")
            _ = try await run.apply(.archiveExclude, to: [])
            return ArchivedCopy(location: "/b/.x", bytes: 1, files: 1, release: release("partial"))
        }
        provide(.restore) { _ in Restoration(target: "/data", files: 7, bytes: 1 << 40) }
        provide(.publish) { run in BackupSet(id: run.id, location: "/b/x") }
        provide(.retain) { run in
            _ = try await run.apply(.retentionPlan, to: RetentionPlan(decisions: []))
            return Retention(kept: ["x"], removed: [])
        }
    }

    var releases: [String] { recorder.lines("release ") }
    var steps: [String] { recorder.lines("step ") }
    var log: [String] { recorder.lines("log ") }
}
