import Foundation
import Lifecycle
import Synchronization

@testable import Archive

/// A run on a directory in place of a volume: the archive's steps are the real ones, the others answer at once.
struct ArchiveFixture {
    var data: String
    private let root: String
    let backups: String
    var archive: ArchiveOptions
    var engine = EngineOptions()
    var hooks = HookTable()
    var runID = "20261122T101502Z-7f3a"
    var keepRules: KeepRules?
    var host = "db1"
    var volumeUUID = ""
    /// Seconds by which the clock of the retain step is off.
    var clockError = 0.0
    var recoveryLog: String?
    /// Why the run's lock says that the data is not consistent.
    var inconsistency: String?
    var paths: [DataPath] = []
    let kept = Counter()
    let intended = Counter()

    init(_ directory: TemporaryDirectory) async throws {
        root = directory.path("volume")
        data = root + "/data"
        backups = directory.path("backups")
        archive = ArchiveOptions(destination: .directory(backups), tool: "lvmbackup test")
        try await shell("mkdir -p '\(data)' '\(backups)'; echo one > '\(data)/ibdata1'")
    }

    func run() async -> Outcome {
        var hooks = hooks
        provideTheRest(&hooks)
        hooks.provide(.archive, by: ArchiveStep(archive))
        hooks.provide(.publish, by: PublishStep(archive))
        hooks.provide(
            .retain,
            by: RetainStep(
                archive,
                rules: keepRules,
                now: { [clockError] in Date().timeIntervalSince1970 + clockError }
            )
        )
        let environment = EngineEnvironment(
            host: host,
            runID: runID,
            runUndo: { undo in
                guard case .exec(let words) = undo else { return }
                try await shell(words.map { "'\($0)'" }.joined(separator: " "))
            },
            intend: { _ in intended.add() }
        )
        return await Engine(hooks: hooks, options: engine, environment: environment).run()
    }

    private func provideTheRest(_ hooks: inout HookTable) {
        let (data, root, kept, log) = (data, root, kept, recoveryLog)
        let server = Server(flavour: "mariadb", version: "10.11", datadir: "/var/lib/mysql")
        let volume = Volume(
            group: "vg0",
            name: "mysql",
            uuid: volumeUUID,
            device: "/dev/x",
            size: 1,
            free: 1,
            filesystem: "xfs"
        )
        let location = Location(volume: volume, paths: paths)
        var locked = Lock(plan: "stage", reason: "rehearsed", coordinates: Coordinates(gtid: "0-1-7"), proof: {})
        locked.inconsistency = inconsistency
        let lock = locked
        hooks.provide(.preflight, by: Answer { .done })
        hooks.provide(.connect, by: Answer { .result(Connection(server: server)) })
        hooks.provide(.locate, by: Answer { .result(location) })
        hooks.provide(.prepare, by: Answer { .done })
        hooks.provide(.flush, by: Answer { .done })
        hooks.provide(.lock, by: Answer { .result(lock) })
        hooks.provide(
            .snapshot,
            by: Answer {
                let release = Release("snapshot") {}
                return .result(
                    Snapshot(name: "vg0/s", device: "/dev/s", check: {}, keep: { kept.add() }, release: release)
                )
            }
        )
        hooks.provide(
            .mount,
            by: Answer { .result(Mount(path: data, mountPoint: root, release: Release("mount") {})) }
        )
        hooks.provide(.recover, by: Answer { .result(Recovery(clean: true, log: log)) })
        hooks.provide(.verify, by: Answer { .declined("not asked for") })
    }

    /// The members of the destination, hidden ones included.
    func names() throws -> [String] { try memberNames(backups) }

    func manifest(_ name: String) throws -> Manifest {
        try ManifestFile.decode(Array(Data(contentsOf: URL(filePath: "\(backups)/\(name)/manifest.json"))), path: name)
    }
}

/// A provider that answers at once.
private struct Answer<Output: Sendable>: StepProvider {
    let name = "fixture"
    let answer: @Sendable () -> Provision<Output>

    init(_ answer: @escaping @Sendable () -> Provision<Output>) { self.answer = answer }

    func provide(_ run: Run) async throws -> Provision<Output> { answer() }

    func plan(_ run: Run) async throws -> [String] { [] }
}

/// How often something was done.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
