import Glibc
import Host
import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import LVM

/// This very process plays the server: it has a data file open, in a directory that `lvs` says is on a volume.
struct LocateStepTests {
    let scratch: ScratchDirectory
    let script = CommandScript()
    let dataFile: Int32

    init() throws {
        scratch = try ScratchDirectory()
        mkdir(scratch.path + "/data", 0o700)
        dataFile = open(scratch.path + "/data/ibdata1", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        script.on("lvs", say: Self.report(name: "mysql"))
        script.on("vgs", say: Recorded.group)
    }

    static func report(name: String) -> String { Reported.volumes(["lv_uuid": "u-\(name)", "lv_name": name]) }

    var server: Server {
        get throws {
            let start = try #require(try ProcessTable().startTime(of: getpid()))
            let process = ServerProcess(pid: getpid(), startTime: start, openFiles: [scratch.path + "/data/ibdata1"])
            return Server(flavour: "x", version: "1", datadir: scratch.path + "/data", process: process)
        }
    }

    /// Runs as far as `locate`, then refuses to go on.
    ///
    /// - Parameter isConnectedByHook: whether a hook tells the server, and not the built-in provider.
    func locate(
        _ server: Server,
        in logicalVolume: String? = nil,
        isConnectedByHook: Bool = false
    ) async -> (location: Location?, failure: Failure?) {
        let tools = LVMTools(script.commands)
        let seen = Mutex<Location?>(nil)
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        if isConnectedByHook { hooks.replace(.connect) { _ in .result(Connection(server: server)) } }
        hooks.provide(.connect) { _ in Connection(server: server) }
        hooks.provide(.locate, by: LocateStep(tools: tools, logicalVolume: logicalVolume))
        hooks.after(.locate) { _, location in seen.withLock { $0 = location } }
        hooks.before(.prepare) { _ in .veto("far enough") }
        let outcome = await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
        return (seen.withLock { $0 }, outcome.failure)
    }

    @Test func `the volume of the open files is found`() async throws {
        defer { close(dataFile) }
        let location = try #require(try await locate(server).location)
        #expect(location.volume.fullName == "vg0/mysql")
        #expect(location.volume.free == 327_155_712)
        #expect(location.volume.pool == nil)
        let mount = try ProcessView().file(scratch.path + "/data")
        #expect(location.volume.filesystem == mount.mount.fileSystem)
        #expect(location.volume.mountPoints.contains(mount.mount.mountPoint))
        #expect(location.paths.map(\.pathOnVolume) == [mount.pathOnFileSystem])
    }

    @Test func `a server without its data file open is not the right one`() async throws {
        close(dataFile)
        let failure = try #require(try await locate(server).failure)
        #expect(failure.kind == .unsuitable)
        #expect(failure.message.contains("none of \"\(scratch.path)/data/ibdata1\" open"))
    }

    @Test func `a process that has ended proves nothing`() async throws {
        defer { close(dataFile) }
        var server = try server
        server.process?.startTime += 1
        let failure = await locate(server).failure
        #expect(failure?.message.hasSuffix("process \(getpid()) has ended") == true)
    }

    @Test(arguments: [true, false]) func `a server without a process is trusted only where a hook connected`(
        isConnectedByHook: Bool
    ) async throws {
        defer { close(dataFile) }
        var server = try server
        server.process = nil
        let (location, failure) = await locate(server, isConnectedByHook: isConnectedByHook)
        #expect((location != nil) == isConnectedByHook)
        #expect(failure?.kind == (isConnectedByHook ? .vetoed : .unsuitable))
    }

    @Test func `a required file elsewhere is refused with both places`() async throws {
        defer { close(dataFile) }
        var server = try server
        server.files = [
            DataFile(role: Self.redoLog, path: "/proc/version"),
            .init(role: .keyring, path: "/proc/version", isRequired: false),
        ]
        let failure = await locate(server).failure
        // The script has every device on the same volume.
        let list = #""/proc/version" (redo log) is on "vg0/mysql""#
        #expect(failure?.message == "not everything is on \"vg0/mysql\": \(list)")
        #expect(failure?.kind == .unsuitable)
    }

    @Test func `a file that went away meanwhile is left out`() async throws {
        defer { close(dataFile) }
        var server = try server
        server.files = [DataFile(role: .tablespace, path: "/no/such/table.ibd")]
        #expect(await locate(server).location?.paths.map(\.role) == [.datadir])
    }

    private static let redoLog = DataFile.Role("redoLog", word: "redo log", isEssential: true)

    @Test(arguments: [redoLog, DataFile.Role.datadir, DataFile.Role(rawValue: "unknown")])
    func `a file that the server needs to start has to be there`(role: DataFile.Role) async throws {
        defer { close(dataFile) }
        var server = try server
        server.files = [DataFile(role: role, path: scratch.path + "/gone")]
        let failure = try #require(await locate(server).failure)
        #expect(failure.message.contains("there is no \"\(scratch.path)/gone\" (\(role.word)), which it names"))
        #expect(failure.kind == .unsuitable)
    }

    /// `CREATE TABLESPACE … ADD DATAFILE '../ts.ibd'` with a data directory behind a link to another parent.
    @Test func `a path with .. leads where the kernel goes`() async throws {
        defer { close(dataFile) }
        for directory in ["/names", "/real", "/real/data"] { mkdir(scratch.path + directory, 0o700) }
        symlink("../real/data", scratch.path + "/names/link")
        for place in ["/names", "/real"] { close(open(scratch.path + place + "/ts.ibd", O_CREAT | O_CLOEXEC, 0o600)) }
        var server = try server
        server.files = [DataFile(role: .tablespace, path: scratch.path + "/names/link/../ts.ibd")]
        let path = try #require(await locate(server).location?.paths.last)
        #expect(path.path == scratch.path + "/real/ts.ibd" && path.realPath == nil)
        #expect(path.pathOnVolume.hasSuffix("/real/ts.ibd"))
    }

    @Test func `data elsewhere is named with the link that leads there`() async throws {
        defer { close(dataFile) }
        var server = try server
        let link = server.datadir + "/db/t.ibd"
        server.files = [DataFile(role: .tablespace, path: "/proc/version", link: link)]
        let message = try #require(await locate(server).failure?.message)
        #expect(message.contains("\"/proc/version\" (tablespace or table), to which \"\(link)\" leads, is on"))
    }

    @Test func `a path with links is located with and without them, and a link as itself`() async throws {
        defer { close(dataFile) }
        var server = try server
        symlink("data", scratch.path + "/link")
        server.files = [
            DataFile(role: .tablespace, path: scratch.path + "/link/ibdata1"),
            DataFile(role: .link, path: scratch.path + "/link"),
        ]
        let paths = try #require(await locate(server).location?.paths)
        #expect(paths.map(\.realPath) == [nil, scratch.path + "/data/ibdata1", nil])
        #expect(paths.last?.pathOnVolume.hasSuffix("/link") == true)
    }

    @Test func `another volume than the one asked for is refused`() async throws {
        defer { close(dataFile) }
        script.on("lvs") { command in
            let isByName = command.arguments.last?.contains("lv_name=other") == true
            return CommandResult(standardOutput: Array(Self.report(name: isByName ? "other" : "mysql").utf8))
        }
        let failure = try await locate(server, in: "vg0/other").failure
        #expect(failure?.message == #"the data is on "vg0/mysql", not on "vg0/other""#)
    }

    @Test func `a volume that is suspended is refused with the command that resumes it`() async throws {
        defer { close(dataFile) }
        script.on("lvs", say: Self.report(name: "my-sql").replacing("-wi-ao----", with: "owi-so----"))
        let failure = try await locate(server).failure
        #expect(failure?.kind == .failed)
        #expect(failure?.message == #""vg0/my-sql" is suspended: writers to it wait"#)
        #expect(failure?.advice?.contains("dmsetup resume vg0-my--sql") == true)
    }

    @Test func `no LVM and no volume are unsuitable`() async throws {
        defer { close(dataFile) }
        script.on("lvs", say: Recorded.empty)
        #expect(try await locate(server).failure?.kind == .unsuitable)
        script.on("lvs") { _ in throw HostError.commandNotFound("lvs") }
        #expect(try await locate(server).failure?.message == "the LVM tools are not installed")
    }
}
