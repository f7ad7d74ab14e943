import Glibc
import Host
import Lifecycle
import Storage
import TestSupport
import Testing

@testable import LVM

struct MountStepTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: ["", "/not/yet/there"])
    func `a mount directory on the origin is refused before the lock`(directory: String) async throws {
        let origin = try FileIdentity(of: scratch.path).device
        let parent = scratch.path + directory
        var volume = Volume.fake
        volume.deviceNumber = origin.description
        await #expect(throws: StorageError.mountDirectoryOnOrigin(parent)) {
            try await MountStep(parent: parent).check(origin: volume)
        }
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    /// A hook may name the origin as its snapshot, or any volume in use.
    @Test(.enabled(if: geteuid() == 0, "needs root"), arguments: [true, false])
    func `a device that is not the run's alone is refused before it is mounted`(isOrigin: Bool) async throws {
        let mounts = try MountInfo.read().entries
        let mounted = try #require(
            mounts.first { entry in
                (try? FileIdentity(of: entry.source))?.represents == entry.device && entry.source.hasPrefix("/dev/")
            },
            "no file system of this machine is on a device"
        )
        var volume = Volume(group: "g", name: "v", device: "", size: 1, free: 1, filesystem: "xfs")
        if isOrigin { volume.deviceNumber = mounted.device.description }
        let snapshot = Snapshot(name: "g/s", device: mounted.source, release: Release("s", handler: {}))
        let failure = await mountFailure(volume, snapshot) { _ in }
        #expect(failure?.step == .mount)
        #expect(failure?.message.contains("\"\(mounted.source)\" is not mounted as the snapshot") == true)
        #expect(failure?.message.contains(isOrigin ? "the live volume itself" : "is mounted at") == true)
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    @Test func `a mount point that cannot be recorded does not stay`() async throws {
        let volume = Volume(group: "g", name: "v", device: "", size: 1, free: 1, filesystem: "xfs")
        let snapshot = Snapshot(name: "g/s", device: "/dev/null", release: Release("s", handler: {}))
        let full = HostError.systemCall("write", on: "record", errno: ENOSPC)
        let failure = await mountFailure(volume, snapshot) { _ in throw full }
        #expect(failure?.message.contains(full.message) == true)
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    /// Why a run ends whose built-in mount gets this snapshot.
    private func mountFailure(
        _ volume: Volume,
        _ snapshot: Snapshot,
        intend: @escaping @Sendable (RecordedUndo) throws -> Void
    ) async -> Failure? {
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.replace(.connect) { _ in .result(Connection(server: Server(flavour: "x", version: "1", datadir: "/"))) }
        hooks.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        hooks.provide(.prepare) { _ in }
        hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "a test")) }
        hooks.replace(.snapshot) { _ in .result(snapshot) }
        hooks.provide(.mount, by: MountStep(tools: LVMTools(CommandScript().commands), parent: scratch.path))
        let environment = EngineEnvironment(host: "h", runID: "r1", runUndo: { _ in }, intend: intend)
        return await Engine(hooks: hooks, options: EngineOptions(), environment: environment).run().failure
    }
}
