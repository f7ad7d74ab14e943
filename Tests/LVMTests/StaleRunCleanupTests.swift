import Glibc
import Host
import Lifecycle
import Storage
import TestSupport
import Testing

@testable import LVM

struct StaleRunCleanupTests: CleanupFixture {
    let scratch: ScratchDirectory
    let here: Identity

    init() throws {
        scratch = try ScratchDirectory()
        here = try Identity.current()
    }

    @Test func `a stale run's snapshot is removed by its UUID, not by its name`() async throws {
        let group = PretendGroup([("dead", tags("r1", dead)), ("alive", tags("r2"))])
        let report = try await cleanup(group).cleanUp()
        #expect(report.removed == [#"snapshot "vg0/dead""#])
        #expect(report.untouched.map(\.name) == [#"snapshot "vg0/alive""#])
        #expect(group.names == ["alive"])
        #expect(
            group.removals == [
                ["-y", "-S", "lv_tags={lvmbackup_active && lvmbackup_run=r1} && lv_uuid=uuid-dead"]
            ]
        )
    }

    @Test func `an origin left suspended is resumed before anything else, a foreign volume is not`() async throws {
        let group = PretendGroup([("dead", tags("r1", dead))])
        #expect(try await cleanup(group).cleanUp().resumed == ["vg0-mysql"])
        let acts = group.script.asked.filter { $0.executable == "lvremove" || $0.arguments.first == "resume" }
        #expect(acts.map(\.executable) == ["dmsetup", "lvremove"])
        #expect(acts.first?.arguments == ["resume", "vg0-mysql"])
    }

    @Test func `an origin that cannot be resumed is told with the command that does it`() async throws {
        let group = PretendGroup([("dead", tags("r1", dead))])
        group.script.on("dmsetup", "resume") { _ in CommandResult(status: .exited(1)) }
        let report = try await cleanup(group).cleanUp()
        #expect(report.leaked.map(\.repair) == ["dmsetup resume vg0-mysql"])
        #expect(group.removals.isEmpty)
    }

    @Test func `LVM at work is waited for, then what it left suspended is told`() async throws {
        let proc = scratch.path + "/proc"
        for directory in [proc, proc + "/7", proc + "/7/fd"] { mkdir(directory, 0o700) }
        symlink("/usr/sbin/lvm", proc + "/7/exe")
        symlink("/dev/mapper/control", proc + "/7/fd/3")
        func setUser(_ uid: UInt32) throws {
            unlink(proc + "/7/status")
            let text = "Name:\tlvm\nUid:\t\(uid)\t\(uid)\nGid:\t0\t0\n"
            try HeldDirectory(proc + "/7").create("status").write(Array(text.utf8), at: 0)
        }
        try setUser(geteuid())
        let group = PretendGroup([("s", tags("r1"))])
        let tools = LVMTools(group.script.commands)
        let suspension = Suspension(tools: tools, table: ProcessTable(root: proc))
        let snapshot = try #require(try await tools.volumes(where: "lv_tags={lvmbackup}").first)
        let endangered = EndangeredVolumes(snapshot)
        let error = LVMError.leftSuspended(devices: ["vg0-mysql"], reason: "another LVM command is at work")
        await #expect(throws: error) {
            try await suspension.resume(endangered, patience: .milliseconds(300))
        }
        // Another user's program can have these names in a mount namespace of its own.
        try setUser(geteuid() + 65533)
        #expect(try await suspension.resume(endangered) == ["vg0-mysql"])
        group.mapper.suspend("vg0-mysql")
        try setUser(geteuid())
        // A shell that waits for a command, as another run has it.
        unlink(proc + "/7/fd/3")
        #expect(try await suspension.resume(endangered) == ["vg0-mysql"])
        group.mapper.suspend("vg0-mysql")
        symlink("/dev/mapper/control", proc + "/7/fd/3")
        unlink(proc + "/7/exe")
        symlink("/usr/sbin/dmeventd", proc + "/7/exe")
        #expect(try await suspension.resume(endangered) == ["vg0-mysql"])
    }

    @Test(arguments: [true, false]) func `a stale run's server is ended, another's is not`(isGuardian: Bool)
        async throws
    {
        let (run, other) = ("r-\(getpid())-\(isGuardian)", "r-\(getpid())-other")
        var plan = IsolatedProcess.Plan("sleep", ["30"])
        plan.environment = RunProcesses.mark(run)
        let server = try IsolatedProcess(plan)
        plan.environment = RunProcesses.mark(other)
        let foreign = try IsolatedProcess(plan)
        let group = PretendGroup([("dead", tags(run, dead)), ("alive", tags(other))])
        let cleanup = cleanup(group)
        let report = try await isGuardian ? cleanup.cleanUp(run: run) : cleanup.cleanUp()
        #expect(report.removed == [#"snapshot "vg0/dead""#])
        #expect(await server.wait(limit: .seconds(5)) == .signalled(SIGKILL))
        #expect(foreign.status == nil)
        await foreign.terminate()
    }

    @Test func `without a machine id only what is of this boot can be dead`() async throws {
        func tags(_ run: String, _ change: (inout Identity) -> Void) -> [String] {
            self.tags(run) {
                $0.machine = Identity.unknownMachine
                change(&$0)
            }
        }
        let group = PretendGroup([
            ("alive", tags("r1") { _ in }), ("dead", tags("r2", dead)), ("old", tags("r3") { $0.boot = "another" }),
        ])
        var nameless = here
        nameless.machine = Identity.unknownMachine
        let report = try await cleanup(group, as: nameless).cleanUp()
        #expect(report.removed == [#"snapshot "vg0/dead""#])
        #expect(report.untouched.map(\.isUnclear) == [false, true])
        #expect(report.untouched.last?.fate == .untouched("this machine has no /etc/machine-id"))
        // As seen once it has one.
        let unclear = try await cleanup(group).cleanUp().untouched.filter(\.isUnclear)
        #expect(unclear.map(\.name) == [#"snapshot "vg0/alive""#, #"snapshot "vg0/old""#])
    }

    @Test func `a run from before the reboot is dead`() async throws {
        let group = PretendGroup([("old", tags("r1") { $0.boot = "another" })])
        #expect(try await cleanup(group).cleanUp().removed.count == 1)
    }

    @Test func `a snapshot that is not provably stale is listed and left alone`() async throws {
        let kept = ["lvmbackup", RunTags.kept] + tags("r1", dead).dropFirst(2)
        let group = PretendGroup([
            ("alive", tags("r1")),
            ("elsewhere", tags("r2") { $0.machine = "other" }),
            ("container", tags("r3") { $0.pidNamespace += 1 }),
            ("kept", kept),
            ("strange", ["lvmbackup", RunTags.active]),
            ("ours", ["lvmbackup"]),
            ("foreign", ["something"]),
        ])
        let report = try await cleanup(group).cleanUp()
        #expect(report.untouched.count == 6)
        let unclear = report.untouched.filter(\.isUnclear).map(\.name)
        #expect(unclear == ["container", "strange", "ours"].map { #"snapshot "vg0/\#($0)""# })
        #expect(report.removed.isEmpty)
        #expect(group.removals.isEmpty)
        #expect(group.names.count == 7)
    }

    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func `a kept snapshot without a published set is removed`(isPublished: Bool, isGuardian: Bool) async throws {
        var identity = here
        dead(&identity)
        let partial = scratch.path + "/.r1.partial"
        if !isPublished { mkdir(partial, 0o700) }
        let record = try RunRecord(run: "r1", identity: identity, directory: directory + "/runs")
        // By the purpose: the command does not matter.
        try record.intend(RecordedUndo(.exec(["discard"]), for: .partialSet(at: partial)))
        let group = PretendGroup([("kept", ["lvmbackup", RunTags.kept] + tags("r1", dead).dropFirst(2))])
        let cleanup = cleanup(group)
        let report = try await isGuardian ? cleanup.cleanUp(run: "r1") : cleanup.cleanUp()
        #expect(group.names == (isPublished ? ["kept"] : []))
        #expect(report.removed.contains(#"snapshot "vg0/kept""#) == !isPublished)
        #expect(report.leaked.isEmpty)
    }

    @Test func `a hook's partial directory says nothing about the set`() async throws {
        var identity = here
        dead(&identity)
        let partial = scratch.path + "/tree.partial"
        mkdir(partial, 0o700)
        let record = try RunRecord(run: "r1", identity: identity, directory: directory + "/runs")
        try record.intend(RecordedUndo(.exec(["rm", "-rf", partial]), for: .hook))
        let group = PretendGroup([("kept", ["lvmbackup", RunTags.kept] + tags("r1", dead).dropFirst(2))])
        _ = try await cleanup(group).cleanUp()
        #expect(group.names == ["kept"])
    }

    @Test func `no snapshot is removed while a run has the volume`() async throws {
        let owner = RunLock.Owner(run: "r9", pid: 1, since: 0)
        let lock = try RunLock("vg0/mysql", owner: owner, directory: directory + "/locks")
        let group = PretendGroup([("dead", tags("r1", dead))])
        let report = try await cleanup(group).cleanUp()
        #expect(report.untouched.map(\.fate) == [.untouched(#"a run on "vg0/mysql" is active"#)])
        lock.release()
        #expect(try await cleanup(group).cleanUp().removed.count == 1)
    }

    @Test func `a dry run changes nothing`() async throws {
        let group = PretendGroup([("dead", tags("r1", dead))])
        #expect(try await cleanup(group).cleanUp(isDryRun: true).removed.count == 1)
        #expect(group.removals.isEmpty)
    }

    @Test func `the guardian removes its own run's, although its process is there still`() async throws {
        let group = PretendGroup([("mine", tags("r1")), ("other", tags("r2"))])
        let report = try await cleanup(group).cleanUp(run: "r1")
        #expect(report.removed == [#"snapshot "vg0/mine""#])
        #expect(group.names == ["other"])
    }
}
