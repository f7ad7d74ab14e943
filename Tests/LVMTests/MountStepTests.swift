import Glibc
import Host
import Lifecycle
import Storage
import Testing

@testable import LVM

struct MountStepTests {
    let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test(arguments: ["", "/not/yet/there"])
    func `a mount directory on the origin is refused before the lock`(directory: String) async throws {
        let origin = try FileIdentity(of: scratch.path).device
        let parent = scratch.path + directory
        var volume = Volume(group: "g", name: "v", device: "/dev/g/v", size: 1, free: 1, filesystem: "xfs")
        volume.deviceNumber = origin.description
        await #expect(throws: StorageError.mountDirectoryOnOrigin(parent)) {
            try await MountStep(parent: parent).check(origin: volume)
        }
        #expect(try listDirectory(scratch.path).isEmpty)
    }

    @Test func `a mount point that cannot be recorded does not stay`() async throws {
        let volume = Volume(group: "g", name: "v", device: "", size: 1, free: 1, filesystem: "xfs")
        let snapshot = Snapshot(name: "g/s", device: "/dev/null", release: Release("s", handler: {}))
        var hooks = HookTable()
        hooks.provide(.preflight, by: NothingToCheck())
        hooks.replace(.connect) { _ in .result(Connection(server: Server(flavour: "x", version: "1", datadir: "/"))) }
        hooks.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        hooks.provide(.prepare, by: NothingToCheck())
        hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "a test")) }
        hooks.replace(.snapshot) { _ in .result(snapshot) }
        hooks.provide(.mount, by: MountStep(tools: LVMTools(CommandScript().commands), parent: scratch.path))
        let full = HostError.systemCall("write", on: "record", errno: ENOSPC)
        let environment = EngineEnvironment(
            host: "h",
            runID: "r1",
            runUndo: { _ in },
            intend: { _ in throw full }
        )
        let outcome = await Engine(hooks: hooks, options: EngineOptions(), environment: environment).run()
        #expect(outcome.failure?.message.contains(full.message) == true)
        #expect(try listDirectory(scratch.path).isEmpty)
    }
}
