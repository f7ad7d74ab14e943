import Glibc
import Host
import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import LVM

/// A run that keeps its snapshot, on a volume that `lvs` knows as soon as lvcreate has been asked for it.
struct SnapshotStepTests {
    let script = CommandScript()

    func run(
        usesShell: Bool = false,
        pool: String? = nil,
        server: Server = Server(flavour: "x", version: "1", datadir: "/")
    ) async -> (snapshot: Snapshot?, outcome: Outcome) {
        let seen = Mutex<Snapshot?>(nil)
        let volume = Volume(
            group: "vg0",
            name: "tmysql",
            device: "",
            size: 1 << 28,
            free: 0,
            pool: pool,
            filesystem: "xfs"
        )
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.replace(.connect) { _ in .result(Connection(server: server)) }
        hooks.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        hooks.provide(.prepare) { _ in }
        hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "a test")) }
        let tools = LVMTools(script.commands)
        hooks.provide(.snapshot, by: SnapshotStep(tools: tools, usesShell: usesShell))
        hooks.provide(.publish) { run in
            seen.withLock { $0 = run.snapshot }
            return BackupSet(id: run.id, location: "")
        }
        var options = EngineOptions()
        options.isSnapshotOnly = true
        let outcome = await Engine(hooks: hooks, options: options, environment: .fake).run()
        return (seen.withLock { $0 }, outcome)
    }

    @Test(
        arguments: [
            (CommandResult.Status.signalled(9), "WARNING: x", "lvcreate was ended by signal 9: WARNING: x"),
            (.signalled(9), "", "lvcreate was ended by signal 9"), (.exited(5), "", "lvcreate ended with status 5"),
            (.exited(5), "no room", "no room"),
        ]
    )
    func `a failed lvcreate is reported with its message, a killed one with its signal`(
        status: CommandResult.Status,
        said: String,
        told: String
    ) {
        let error = HostError.commandFailed(command: "lvcreate -s …", status: status, reason: said)
        #expect(SnapshotStep.reason(error) == told)
    }

    /// Lets `lvs` and `vgs` know the origin, its pool, and another volume or none.
    func letBe(snapshot: @escaping @autoclosure @Sendable () -> String) {
        script.on("vgs", say: Recorded.group)
        script.on("lvs") { command in
            let selection = command.arguments.last ?? ""
            let report =
                if selection.contains("lv_name=tmysql") && !selection.contains("snapshot") {
                    Reported.volumes(["lv_name": "tmysql"])
                } else if selection.contains("lv_name=pool") { Recorded.pool } else { snapshot() }
            return CommandResult(standardOutput: Array(report.utf8))
        }
    }

    /// Makes lvcreate succeed.
    ///
    /// - Returns: whether it made a snapshot; its test makes none.
    func letCreate() -> @Sendable () -> Bool {
        let isMade = IsMade()
        script.on("lvcreate") { command in
            if !command.arguments.contains("--test") { isMade.flag.withLock { $0 = true } }
            return CommandResult()
        }
        return { isMade.flag.withLock { $0 } }
    }

    private final class IsMade: Sendable { let flag = Mutex(false) }

    /// The mount comes when lvcreate runs, which is under the lock; this very process plays the server.
    @Test(.enabled(if: geteuid() == 0, "mounts need root"), arguments: [true, false])
    func `a mount that comes before the snapshot is complete makes an end of it`(isMounted: Bool) async throws {
        let scratch = try ScratchDirectory()
        let place = scratch.path + "/sales"
        mkdir(place, 0o700)
        let start = try #require(try ProcessTable().startTime(of: getpid()))
        let process = ServerProcess(pid: getpid(), startTime: start, openFiles: [])
        let server = Server(flavour: "x", version: "1", datadir: scratch.path, process: process)
        let isMade = IsMade()
        script.on("lvcreate") { command in
            guard !command.arguments.contains("--test") else { return CommandResult() }
            isMade.flag.withLock { $0 = true }
            if isMounted { _ = mount("lvm-test", place, "tmpfs", 0, nil) }
            return CommandResult()
        }
        script.on("lvremove") { _ in
            isMade.flag.withLock { $0 = false }
            return CommandResult()
        }
        script.on("dmsetup", say: "")
        letBe(snapshot: isMade.flag.withLock { $0 } ? Recorded.thinSnapshot : Recorded.empty)
        let (snapshot, outcome) = await run(server: server)
        umount2(place, 0)
        guard isMounted else { return #expect(outcome.failure == nil, "\(outcome.failure?.message ?? "")") }
        #expect(snapshot == nil)
        #expect(outcome.failure?.message.contains("\"\(place)\" (lvm-test) was mounted") == true)
        #expect(script.asked.contains { $0.executable == "lvremove" })
        #expect(outcome.leaked == [])
    }

    @Test func `a snapshot that is not active when it is made is known by its UUID when it is published`() async {
        let isMade = letCreate()
        letBe(snapshot: isMade() ? Recorded.thinSnapshot : Recorded.empty)
        let (snapshot, outcome) = await run()
        #expect(outcome.failure == nil)
        #expect(snapshot?.uuid == "zfsEnG-K8vv-A6KN-2JHz-nPRa-vtak-LkiZBH")
    }

    @Test func `LVM is asked before the lock whether it would make the snapshot, with the very same words`() async {
        let isMade = letCreate()
        letBe(snapshot: isMade() ? Recorded.thinSnapshot : Recorded.empty)
        _ = await run()
        let asked = script.asked.filter { $0.executable == "lvcreate" }.map(\.arguments)
        #expect(asked.count == 2)
        #expect(asked.first?.filter { $0 != "--test" } == asked.last)
        #expect(asked.map { $0.contains("--test") } == [true, false])
    }

    @Test(
        arguments: [
            (["owi-aos---"], Failure.Kind.unsuitable, "LVM refuses a snapshot of \"vg0/tmysql\" (lvcreate --test): no"),
            (["owi-aos---", "p-C-aom---"], .deferred, "\"vg0/tmysql\" cannot be snapshotted: pvmove is at work"),
        ]
    )
    func `a refusal is a deferral while pvmove is at work in the group`(
        attributes: [String],
        kind: Failure.Kind,
        message: String
    ) async {
        letBe(snapshot: Recorded.empty)
        script.on("lvcreate") { _ in CommandResult(status: .exited(5), standardError: Array("  no\n".utf8)) }
        let report = Reported.volumes(attributes.map { ["lv_attr": $0] })
        script.on("lvs") { command in
            let isWhole = command.arguments.contains("-a")
            let isOrigin = command.arguments.last?.hasSuffix("lv_name=tmysql") == true
            let json = isWhole ? report : isOrigin ? Reported.volumes(["lv_name": "tmysql"]) : Recorded.empty
            return CommandResult(standardOutput: Array(json.utf8))
        }
        let (_, outcome) = await run()
        #expect(outcome.failure?.kind == kind)
        #expect(outcome.failure?.message.hasPrefix(message) == true, "\(outcome.failure as Any)")
    }

    @Test func `a test that is killed says nothing about the volume`() async {
        letBe(snapshot: Recorded.empty)
        script.on("lvcreate") { _ in CommandResult(status: .signalled(9)) }
        let (_, outcome) = await run()
        #expect(outcome.failure?.kind == .failed)
        #expect(outcome.failure?.message.contains("signal 9") == true)
    }

    @Test(
        arguments: [
            ("test=1", "global/test allows no snapshot: 1 lets LVM change nothing"),
            ("locking_type=0", "global/locking_type allows no snapshot: 0 switches LVM's locks off"),
            ("locking_type=4", "global/locking_type allows no snapshot: 4 lets LVM only read"),
            ("activation=0", "global/activation allows no snapshot: 0 keeps LVM from device-mapper"),
            (
                "archive_dir=\"/dev/null/x\"",
                "backup/archive_dir allows no snapshot: \"/dev/null/x\" cannot be written to: not a directory"
            ),
            ("archive_dir=\"/proc/x\"", "backup/archive_dir allows no snapshot: \"/proc\" has no free space"),
        ]
    )
    func `a setting of LVM that no snapshot can be made with is told before the lock`(
        line: String,
        message: String
    ) async {
        _ = letCreate()
        letBe(snapshot: Recorded.empty)
        script.on("lvmconfig", say: line + "\n")
        let (_, outcome) = await run()
        #expect(outcome.failure?.message == "LVM's setting " + message)
        #expect(outcome.failure?.kind == .unsuitable)
        #expect(!script.asked.contains { $0.executable == "lvcreate" })
    }
}
