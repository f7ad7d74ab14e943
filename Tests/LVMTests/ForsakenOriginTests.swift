import Host
import Lifecycle
import Testing

@testable import LVM

/// Runs that died with their guardian and with an LVM command, before there was a snapshot or when it was gone already.
struct ForsakenOriginTests {
    private let scratch: ScratchDirectory
    private let group: PretendGroup
    private var locks: String { scratch.path + "/locks" }

    init() throws {
        scratch = try ScratchDirectory()
        group = PretendGroup([])
        group.script.on("lvs") { command in
            guard command.arguments.last == "vg_name=vg0 && lv_name=mysql" else {
                return CommandResult(standardOutput: Array(#"{"report":[{"lv":[]}]}"#.utf8))
            }
            let row = """
                {"lv_uuid":"u","lv_name":"mysql","vg_name":"vg0","lv_size":"1","lv_attr":"owi-aos---",
                "lv_tags":"","origin":"","segtype":"linear"}
                """
            return CommandResult(standardOutput: Array(#"{"report":[{"lv":[\#(row)]}]}"#.utf8))
        }
    }

    private func reaper() throws -> Reaper {
        Reaper(
            tools: LVMTools(group.script.commands),
            identity: try Identity.current(),
            lockDirectory: locks,
            recordDirectory: scratch.path + "/runs",
            undo: { _ in }
        )
    }

    private func lock(_ name: String, run: String) throws -> RunLock {
        try RunLock(name, owner: .init(run: run, pid: 7, since: 1), directory: locks)
    }

    private var resumed: [[String]] {
        group.script.asked.map(\.arguments).filter { $0.first == "resume" }
    }

    @Test func `the origin of a run that died without a snapshot is resumed, once`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        #expect(try await reaper().reap().resumed == ["vg0-mysql"])
        #expect(resumed == [["resume", "vg0-mysql"]])
        // Whoever suspends it from now on has reasons of his own.
        #expect(try await reaper().reap().resumed == [])
    }

    @Test func `the origin of a living run, or of one that has ended, is nobody's business`() async throws {
        try lock("vg0/mysql", run: "r1").release()
        #expect(try await reaper().reap().resumed == [])
        let living = try lock("vg0/mysql", run: "r2")
        #expect(try await reaper().reap().resumed == [])
        #expect(resumed == [])
        living.release()
    }

    @Test func `a dry run says what it would resume, and again the next time`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        for _ in 1...2 { #expect(try await reaper().reap(isDryRun: true).resumed == ["vg0-mysql"]) }
        #expect(resumed == [])
    }

    @Test func `a guardian resumes its own run's origin, and its lock is not forsaken then`() async throws {
        let mine = try lock("vg0/mysql", run: "r1")
        #expect(try await reaper().reap(run: "r2").resumed == [])
        #expect(try await reaper().reap(run: "r1").resumed == ["vg0-mysql"])
        #expect(try RunLock.names(heldBy: "r1", in: locks) == [])
        withExtendedLifetime(mine) {}
    }

    @Test func `one that can't be resumed is told, and tried again`() async throws {
        _ = try lock("vg0/mysql", run: "r1")
        group.script.on("dmsetup", "resume") { _ in CommandResult(status: .exited(1)) }
        for _ in 1...2 {
            let leaked = try await reaper().reap().leaked
            #expect(leaked.map(\.name) == [#"volume "vg0/mysql""#])
            #expect(leaked.map(\.repair) == ["dmsetup resume vg0-mysql"])
        }
    }

    @Test func `what is locked and is no logical volume is left alone`() async throws {
        _ = try lock("/srv/btrfs", run: "r1")
        let report = try await reaper().reap()
        #expect(report.resumed == [])
        #expect(report.leaked.isEmpty)
        try await RunLock.forEachForsaken(in: locks) { Issue.record("\($0.name) is still there") }
    }

    @Test func `half a snapshot endangers the origin that its tag names`() async throws {
        let tags = RunTags(run: "r1", identity: try Identity.current(), origin: "vg0/mysql").all
        let row = """
            {"lv_uuid":"u","lv_name":"s","vg_name":"vg0","lv_size":"1","lv_attr":"-wi-a-----",
            "lv_tags":"\(tags.joined(separator: ","))","origin":"","segtype":"linear"}
            """
        group.script.on("lvs", say: #"{"report":[{"lv":[\#(row)]}]}"#)
        let half = try #require(try await LVMTools(group.script.commands).volumes(where: "").first)
        #expect(EndangeredVolumes(half).volumes == ["s", "mysql"])
    }
}
