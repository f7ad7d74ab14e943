import Host
import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import LVM

/// Runs that died with their guardian and with an LVM command, before there was a snapshot or when it was gone already.
struct SuspendedOriginTests {
    private let scratch: ScratchDirectory
    private let group: PretendGroup
    private var locks: String { scratch.path + "/locks" }

    init() throws {
        scratch = try ScratchDirectory()
        group = PretendGroup([])
    }

    private func cleanup(_ other: PretendGroup? = nil) throws -> StaleRunCleanup {
        StaleRunCleanup(
            TaggedVolumes(LVMTools((other ?? group).script.commands)),
            identity: try Identity.current(),
            lockDirectory: locks,
            recordDirectory: scratch.path + "/runs",
            undo: { _ in throw Failure(.failed, "no") }
        )
    }

    private func lock(_ name: String, run: String) throws -> RunLock {
        try RunLock(name, owner: .init(run: run, pid: 7, since: 1), directory: locks)
    }

    /// The names of the locks that the next cleanup has to look at.
    private func stale() async throws -> [String] {
        var names: [String] = []
        try await RunLock.forEachStale(in: locks) { names.append($0.name) }
        return names
    }

    /// A snapshot of a run whose process was this one's predecessor.
    private func dead(_ run: String) throws -> (name: String, tags: [String]) {
        (run, RunTags(run: run, identity: try predecessor(), origin: "vg0/mysql").all)
    }

    private func predecessor() throws -> Identity {
        var identity = try Identity.current()
        identity.startTime += 1
        return identity
    }

    @Test func `the origin of a run that died without a snapshot is resumed, once`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        #expect(try await cleanup().cleanUp().resumed == ["vg0-mysql"])
        #expect(group.resumed == ["vg0-mysql"])
        group.mapper.suspend("vg0-mysql")
        // A program that suspends it from now on has its own reasons.
        #expect(try await cleanup().cleanUp().resumed == [])
    }

    @Test func `the origin of a living run, or of an ended one, is left alone`() async throws {
        try lock("vg0/mysql", run: "r1").release()
        #expect(try await cleanup().cleanUp().resumed == [])
        let living = try lock("vg0/mysql", run: "r2")
        #expect(try await cleanup().cleanUp().resumed == [])
        #expect(group.resumed == [])
        living.release()
    }

    @Test func `a dry run says what it would resume, and again the next time`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        for _ in 1...2 { #expect(try await cleanup().cleanUp(isDryRun: true).resumed == ["vg0-mysql"]) }
        #expect(group.resumed == [])
    }

    @Test func `a guardian resumes its own run's origin, and its lock is not stale then`() async throws {
        let mine = try lock("vg0/mysql", run: "r1")
        #expect(try await cleanup().cleanUp(run: "r2").resumed == [])
        #expect(try await cleanup().cleanUp(run: "r1").resumed == ["vg0-mysql"])
        #expect(try RunLock.names(heldBy: "r1", in: locks) == [])
        withExtendedLifetime(mine) {}
    }

    @Test func `an origin that cannot be resumed is reported, and tried again`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        group.script.on("dmsetup", "resume") { _ in CommandResult(status: .exited(1)) }
        for _ in 1...2 {
            let leaked = try await cleanup().cleanUp().leaked
            #expect(leaked.map(\.name) == [#"volume "vg0/mysql""#])
            #expect(leaked.map(\.repair) == ["dmsetup resume vg0-mysql"])
            #expect(try await stale() == ["vg0/mysql"])
        }
    }

    @Test func `a locked thing that is no logical volume is left alone`() async throws {
        _ = try lock("/srv/btrfs", run: "r1")
        let report = try await cleanup().cleanUp()
        #expect(report.resumed == [])
        #expect(report.leaked.isEmpty)
        #expect(try await stale() == [])
    }

    @Test(arguments: [true, false])
    func `an origin that lvremove leaves suspended is resumed at the end, and listed until then`(isGuardian: Bool)
        async throws
    {
        let group = PretendGroup([try dead("r1")])
        // A lock that the guardian shares is held; a lock that no process holds is stale.
        let mine = try isGuardian ? lock("vg0/mysql", run: "r1") : nil
        if !isGuardian { _ = try lock("vg0/mysql", run: "r1") }
        let known = Mutex<[String]>([])
        group.letRemove { [mapper = group.mapper, locks] in
            known.withLock { $0 += (try? RunLock.names(heldBy: "r1", in: locks)) ?? ["unreadable"] }
            mapper.suspend("vg0-mysql")
        }
        let cleanup = try cleanup(group)
        let report = try await isGuardian ? cleanup.cleanUp(run: "r1") : cleanup.cleanUp()
        #expect(known.withLock { $0 } == ["vg0/mysql"])
        #expect(group.resumed == ["vg0-mysql", "vg0-mysql"])
        #expect(report.resumed == ["vg0-mysql"])
        #expect(report.leaked.isEmpty)
        #expect(try RunLock.names(heldBy: "r1", in: locks) == [])
        withExtendedLifetime(mine) {}
    }

    @Test func `it stays known of as long as anything is left`() async throws {
        let record = try RunRecord(run: "r1", identity: try predecessor(), directory: scratch.path + "/runs")
        try record.intend(RecordedUndo(.exec(["true"]), for: .hook))
        _ = try lock("vg0/mysql", run: "r1")
        let report = try await cleanup().cleanUp()
        #expect(report.resumed == ["vg0-mysql"])
        #expect(report.leaked.map(\.name) == ["record of run r1"])
        #expect(try await stale() == ["vg0/mysql"])
    }

    @Test func `a run that dies meanwhile is left for the next cleanup`() async throws {
        let group = PretendGroup([try dead("r1")])
        _ = try lock("vg0/mysql", run: "r1")
        group.letRemove { [locks] in
            _ = try RunLock("vg0/other", owner: .init(run: "r2", pid: 7, since: 1), directory: locks)
        }
        _ = try await cleanup(group).cleanUp()
        #expect(try RunLock.names(heldBy: "r2", in: locks) == ["vg0/other"])
    }

    @Test func `a snapshot is removed under its run's lock, by which the next one finds the origin`() async throws {
        let group = PretendGroup([try dead("r1")])
        group.letRemove { [locks] in
            let names = try RunLock.names(heldBy: "r1", in: locks)
            #expect(names == ["vg0/mysql"])
            let isFree = try RunLock.isFree("vg0/mysql", directory: locks)
            #expect(!isFree)
        }
        #expect(try await cleanup(group).cleanUp().removed.count == 1)
        #expect(try await stale() == [])
        #expect(try RunLock.isFree("vg0/mysql", directory: locks))
    }

    @Test func `a device that lvremove left suspended and that cannot be resumed is found later`() async throws {
        let group = PretendGroup([try dead("r1")])
        group.letRemove { [mapper = group.mapper] in mapper.suspend("vg0-mysql") }
        group.script.on("dmsetup", "resume") { _ in CommandResult(status: .exited(1)) }
        #expect(try await !cleanup(group).cleanUp().leaked.isEmpty)
        #expect(try await stale() == ["vg0/mysql"])
    }

    @Test func `half a snapshot endangers the origin that its tag names`() async throws {
        let tags = RunTags(run: "r1", identity: try Identity.current(), origin: "vg0/mysql").all
        let row = ["lv_name": "s", "lv_attr": "-wi-a-----", "lv_tags": tags.joined(separator: ",")]
        group.script.on("lvs", say: Reported.volumes(row))
        let half = try #require(try await LVMTools(group.script.commands).volumes(where: "").first)
        #expect(EndangeredVolumes(half).volumes == ["s", "mysql"])
    }
}
