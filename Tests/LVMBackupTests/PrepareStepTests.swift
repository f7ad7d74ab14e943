import FoundationEssentials
import Glibc
import Host
import LVMBackup
import Lifecycle
import Synchronization
import TestSupport
import Testing

/// A run whose hooks locate the volume and make the snapshot; `prepare` is the built-in's.
@Suite(.enabled(if: geteuid() == 0, "the run lock is root's"))
struct PrepareStepTests {
    private let scratch: String
    private let configuration: Configuration

    init() throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/tmp", prefix: "lvmbackup-prepare-")
        for name in ["/sets", "/state"] { try #require(mkdir(scratch + name, 0o700) == 0) }
        var configuration = Configuration(destination: scratch + "/sets")
        configuration.stateDirectory = scratch + "/state"
        configuration.runDirectory = scratch + "/run"
        self.configuration = configuration
    }

    private var isFree: Bool {
        get throws { try RunLock.isFree("vg/data", directory: configuration.runDirectory) }
    }

    /// A backup that is vetoed before `flush`.
    private func backup(deviceNumber: String = "", paths: [DataPath] = []) -> Backup {
        var backup = Backup(configuration: configuration)
        backup.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "fake", version: "1", datadir: "/data")))
        }
        backup.replace(.locate) { [scratch] _ in
            var volume = Volume(group: "vg", name: "data", device: "/dev/vg/data", size: 1, free: 1, filesystem: "xfs")
            volume.deviceNumber = deviceNumber
            volume.mountPoints = [scratch]
            return .result(Location(volume: volume, paths: paths))
        }
        backup.replace(.snapshot) { _ in .declined("a fake") }
        backup.replace(.mount) { _ in .declined("a fake") }
        backup.before(.flush) { _ in .veto("far enough") }
        return backup
    }

    @Test func `a hook before prepare knows the volume, and one after it has the run lock`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        let seen = Mutex<[String]>([])
        let directory = configuration.runDirectory
        let note = { @Sendable (moment: String, run: Run) in
            let isFree = try RunLock.isFree("vg/data", directory: directory)
            seen.withLock { $0.append("\(moment): \(run.location?.volume.fullName ?? "-"), free: \(isFree)") }
        }
        var backup = backup()
        backup.before(.locate) { run in
            try note("before locate", run)
            return .proceed
        }
        backup.after(.locate) { run, _ in try note("after locate", run) }
        backup.before(.prepare) { run in
            try note("before prepare", run)
            return .proceed
        }
        backup.after(.prepare) { run, _ in try note("after prepare", run) }
        #expect(await backup.run().failure?.message == "far enough")
        #expect(
            seen.withLock { $0 } == [
                "before locate: -, free: true", "after locate: vg/data, free: true",
                "before prepare: vg/data, free: true", "after prepare: vg/data, free: false",
            ]
        )
        #expect(try isFree)
    }

    @Test func `a pattern that leaves out what the server needs is refused before the lock`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        try #require(mkdir(scratch + "/data", 0o700) == 0)
        try Data("x".utf8).write(to: URL(filePath: scratch + "/data/ibdata1"))
        let paths = [
            DataPath(role: .datadir, path: "/data", pathOnVolume: "data"),
            DataPath(role: DataFile.Role(rawValue: "log"), path: "/data/ibdata1", pathOnVolume: "data/ibdata1"),
        ]
        for (pattern, isRefused) in [("ibdata*", true), ("*.tmp", false)] {
            var configuration = configuration
            configuration.exclude = [pattern]
            var backup = backup(paths: paths)
            backup.configuration = configuration
            let failure = await backup.run().failure
            #expect(failure?.step == (isRefused ? .prepare : .flush))
            #expect(failure?.kind == (isRefused ? .unsuitable : .vetoed))
            #expect(failure?.message.contains("leaves out \"/data/ibdata1\"") == isRefused)
        }
    }

    @Test func `a volume that another run has is not touched now`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        let owner = RunLock.Owner(run: "r0", pid: 1, since: 0)
        let lock = try RunLock("vg/data", owner: owner, directory: configuration.runDirectory)
        let outcome = await backup().run()
        #expect(outcome.failure?.kind == .deferred && outcome.failure?.step == .prepare)
        #expect(outcome.failure?.message.contains("by run r0 (process 1) since") == true)
        lock.release()
        #expect(await backup().run().failure?.message == "far enough")
    }

    @Test func `a destination on the volume is refused, and the run lock is released`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        var status = stat()
        try #require(stat(scratch, &status) == 0)
        let number = DeviceNumber(UInt64(status.st_dev)).description
        let outcome = await backup(deviceNumber: number).run()
        #expect(outcome.failure?.kind == .unsuitable && outcome.failure?.step == .prepare)
        #expect(outcome.failure?.message.contains("is on \"vg/data\", the volume that is backed up") == true)
        #expect(try isFree)
    }

    @Test func `a guardian that does not come up fails the run, and the run lock is released`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        var backup = backup()
        backup.guardian = GuardianLauncher(executable: "/bin/false", arguments: [])
        let outcome = await backup.run()
        #expect(outcome.failure?.kind == .failed && outcome.failure?.step == .prepare)
        #expect(try isFree)
    }

    @Test func `a dry run prepares without a guardian, and keeps no run lock`() async throws {
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover fails no test
        var dry = configuration
        dry.dryRun = true
        let directory = configuration.runDirectory
        let isFree = Mutex<Bool?>(nil)
        var backup = backup()
        backup.configuration = dry
        backup.guardian = GuardianLauncher(executable: "/bin/false", arguments: [])
        backup.after(.prepare) { _, _ in
            let free = try RunLock.isFree("vg/data", directory: directory)
            isFree.withLock { $0 = free }
        }
        #expect(await backup.run().failure == nil)
        #expect(isFree.withLock { $0 } == true)
    }
}
