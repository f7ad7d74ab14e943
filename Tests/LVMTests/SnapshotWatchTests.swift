import Host
import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import LVM

/// A snapshot of four extents that fills while it is looked at, in a group with `free` extents.
private struct Filling {
    let script = CommandScript()
    let watch: SnapshotWatch

    /// - Parameter percents: how full it is, look by look.
    init(_ percents: [Double], free: Int = 100, maximum: Int64? = 75, threshold: Double? = 0.7) {
        let left = Mutex(percents)
        script.on("lvs") { _ in
            let percent = left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return CommandResult(standardOutput: Array(Self.report(percent).utf8))
        }
        script.on("lvextend", say: "")
        script.on("dmsetup", "info", say: "vg0-mysql Active LVM-Q2\n")
        script.on(
            "vgs",
            say: Reported.group(["vg_free_count": "\(free)"])
        )
        let tools = LVMTools(script.commands)
        let identity = Identity(host: "h", machine: "m", boot: "b", pidNamespace: 1, pid: 1, startTime: 1)
        let plan = SnapshotPlan(
            group: "vg0",
            origin: "mysql",
            name: "s",
            extents: 4,
            maximumExtents: maximum,
            pool: nil,
            tags: RunTags(run: "r1", identity: identity, origin: "vg0/mysql")
        )
        watch = SnapshotWatch(
            health: SnapshotHealth(tools: tools, selection: "lv_tags={x}", name: "vg0/s"),
            tools: tools,
            autoextend: AutoextendPolicy(threshold: threshold),
            plan: plan
        )
    }

    private static func report(_ percent: Double) -> String {
        Reported.volumes([
            "lv_name": "renamed", "lv_size": "16777216", "lv_attr": "swi-aos---", "origin": "mysql",
            "data_percent": "\(percent)",
        ])
    }

    /// Its lvextend is killed in the middle, and leaves the origin suspended.
    func letExtendDie(_ meanwhile: @escaping @Sendable () -> Void = {}) {
        script.on("lvextend") { _ in
            meanwhile()
            throw HostError.commandFailed(command: "lvextend", status: .signalled(9), reason: "")
        }
        PretendMapper([("vg0-mysql", ["sda"])], suspended: ["vg0-mysql"]).answer(script)
    }

    /// The devices that were resumed.
    var resumed: [String] {
        script.asked.filter { $0.executable == "dmsetup" }.map(\.arguments).filter { $0.first == "resume" }
            .flatMap { $0.dropFirst() }
    }

    /// The arguments of lvextend, without its configuration.
    var extensions: [[String]] {
        script.asked.filter { $0.executable == "lvextend" }.map { Array($0.arguments.dropFirst(2)) }
    }
}

struct SnapshotWatchTests {
    /// Does `act` in a run, and returns how the run ended.
    private func inRun(_ act: @escaping @Sendable (Run) async throws -> Void) async -> Outcome {
        var hooks = HookTable()
        hooks.before(.preflight) { run in
            try await act(run)
            return .veto("enough")
        }
        return await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
    }

    @Test func `a thick snapshot is doubled at the threshold, by the name that it has then`() async {
        let filling = Filling([69.9, 70])
        let outcome = await inRun { run in
            _ = try await filling.watch.look(run)
            _ = try await filling.watch.look(run)
        }
        #expect(outcome.ending == .vetoed, "\(String(describing: outcome.failure))")
        #expect(filling.extensions == [["-y", "-l", "8", "vg0/renamed"]])
    }

    @Test(arguments: [(free: 3, maximum: 75, extents: 7), (free: 100, maximum: 6, extents: 6)] as [(Int, Int64, Int)])
    func `it grows as far as group and maximum allow`(free: Int, maximum: Int64, extents: Int) async {
        let filling = Filling([80], free: free, maximum: maximum)
        let outcome = await inRun { _ = try await filling.watch.look($0) }
        #expect(outcome.ending == .vetoed)
        #expect(filling.extensions == [["-y", "-l", "\(extents)", "vg0/renamed"]])
    }

    @Test func `a snapshot that cannot be enlarged gives one warning, and is abandoned before it overflows`() async {
        let filling = Filling([80, 90, 98], free: 0)
        let outcome = await inRun { run in
            for _ in 1...3 { _ = try await filling.watch.look(run) }
        }
        #expect(outcome.ending == .failed)
        #expect(
            outcome.failure?.message
                == "snapshot \"vg0/renamed\" was abandoned before it overflowed: it is 98 % full, and its group has nothing free"
        )
        #expect(outcome.failure?.advice != nil)
        #expect(outcome.warnings.count == 1)
        #expect(filling.extensions.isEmpty)
    }

    @Test func `a nearly full snapshot that fills no further is kept`() async {
        let filling = Filling([96, 98, 98, 98], threshold: nil)
        let outcome = await inRun { run in
            _ = try await filling.watch.look(run)
            await #expect(throws: SnapshotLost.self) { try await filling.watch.look(run) }
        }
        #expect(outcome.ending == .vetoed)
        let steady = Filling([96, 96.5, 96.5], threshold: nil)
        let other = await inRun { run in for _ in 1...3 { _ = try await steady.watch.look(run) } }
        #expect(other.ending == .vetoed)
    }

    @Test func `an lvextend that fails is a warning as long as there is room`() async {
        let filling = Filling([80])
        filling.script.on("lvextend") { _ in
            throw HostError.commandFailed(command: "lvextend", status: .exited(5), reason: "no")
        }
        let outcome = await inRun { _ = try await filling.watch.look($0) }
        #expect(outcome.ending == .vetoed)
        #expect(outcome.warnings.count == 1 && outcome.warnings[0].contains("lvextend"))
    }

    @Test func `an lvextend that dies leaves no origin suspended`() async {
        let filling = Filling([80])
        filling.letExtendDie()
        let outcome = await inRun { _ = try await filling.watch.look($0) }
        #expect(outcome.warnings.contains("lvextend left suspended, now resumed: vg0-mysql"))
        #expect(filling.resumed == ["vg0-mysql"])
    }

    @Test func `nor does an lvextend that is at work when the watch ends`() async {
        let filling = Filling([80])
        let look = Mutex<Task<Double?, any Error>?>(nil)
        filling.letExtendDie { look.withLock { $0?.cancel() } }
        let outcome = await inRun { run in
            let task = look.withLock { look in
                let task = Task { try await filling.watch.look(run) }
                look = task
                return task
            }
            _ = try await task.value
        }
        #expect(outcome.warnings.contains("lvextend left suspended, now resumed: vg0-mysql"))
        #expect(filling.resumed == ["vg0-mysql"])
    }

    @Test(arguments: ["overflowed", "gone", "pool"]) func `a lost snapshot ends the run`(how: String) async {
        let filling = Filling([10])
        filling.script.on("lvs") { command in
            let isPool = command.arguments.last?.contains("lv_name=pool") == true
            let text =
                switch how {
                case "overflowed": Recorded.overflowed
                case "gone": Recorded.empty
                default: isPool ? Recorded.pool.replacing("\"10.94\"", with: "\"95.20\"") : Recorded.thinSnapshot
                }
            return CommandResult(standardOutput: Array(text.utf8))
        }
        let outcome = await inRun { run in
            await #expect(throws: SnapshotLost.self) { try await filling.watch.look(run) }
        }
        #expect(outcome.ending == .vetoed)
    }

    @Test func `a report that cannot be had is not taken for a loss`() async {
        let filling = Filling([10])
        filling.script.on("lvs", say: "no JSON")
        let outcome = await inRun { run in
            await #expect(throws: LVMError.self) { try await filling.watch.look(run) }
        }
        #expect(outcome.ending == .vetoed)
    }
}

struct AutoextendPolicyTests {
    @Test(arguments: [("70%", 0.7), ("95", 0.95), ("off", nil)] as [(String, Double?)])
    func `a threshold is read`(text: String, share: Double?) throws {
        #expect(try AutoextendPolicy(threshold: text, maximum: nil).threshold == share)
    }

    @Test(arguments: ["", "5%", "100%", "x", "70 %", "-1", "0.7"]) func `another is refused`(text: String) {
        #expect(throws: LVMError.badThreshold(text)) { try AutoextendPolicy(threshold: text, maximum: nil) }
    }

    @Test func `a maximum below the first size is refused, the standard is the origin's size`() throws {
        let autoextend = try AutoextendPolicy(threshold: nil, maximum: "10e")
        #expect(try autoextend.limit(from: 10, volume: 1000 << 20, group: SnapshotSizeTests.group) == 10)
        #expect(throws: LVMError.self) {
            try autoextend.limit(from: 11, volume: 1000 << 20, group: SnapshotSizeTests.group)
        }
        #expect(try AutoextendPolicy().limit(from: 11, volume: 1000 << 20, group: SnapshotSizeTests.group) == 250)
    }
}
