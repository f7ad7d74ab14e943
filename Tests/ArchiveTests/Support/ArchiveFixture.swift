import Foundation
import Lifecycle
import Synchronization
import TestSupport

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

    init(_ directory: ScratchDirectory) async throws {
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
        hooks.provide(.preflight) { _ in }
        hooks.provide(.connect) { _ in Connection(server: server) }
        hooks.provide(.locate) { _ in location }
        hooks.provide(.prepare) { _ in }
        hooks.provide(.flush) { _ in }
        hooks.provide(.lock) { _ in lock }
        hooks.provide(.snapshot) { _ in
            let release = Release("snapshot") {}
            return Snapshot(name: "vg0/s", device: "/dev/s", check: {}, keep: { kept.add() }, release: release)
        }
        hooks.provide(.mount) { _ in Mount(path: data, mountPoint: root, release: Release("mount") {}) }
        hooks.provide(.recover) { _ in Recovery(clean: true, log: log) }
        hooks.provide(.verify, by: FakeProvider("fixture") { _ in .declined("not asked for") })
    }

    /// The members of the destination, hidden ones included.
    func names() throws -> [String] { try memberNames(backups) }

    func manifest(_ name: String) throws -> Manifest {
        try ManifestFile.decode(Array(Data(contentsOf: URL(filePath: "\(backups)/\(name)/manifest.json"))), path: name)
    }
}

/// How often something was done.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
}
