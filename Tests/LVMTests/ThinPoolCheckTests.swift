import Host
import Lifecycle
import Testing

@testable import LVM

@Suite struct `Room for a snapshot in a thin pool` {
    private static let mebibyte: Int64 = 1 << 20

    private func pool(_ change: (inout LogicalVolume) -> Void = { _ in }) throws -> LogicalVolume {
        var pool = try Recorded.volume(Recorded.pool)
        change(&pool)
        return pool
    }

    /// The limit that is reached, in percent; nil for room.
    private func limit(_ pool: LogicalVolume, _ threshold: Double?) -> Double? {
        do {
            try ThinPoolCheck(pool: pool, autoextendThreshold: threshold).check()
            return nil
        } catch .poolWithoutRoom(_, _, _, let limit, _) { return limit } catch { return -1 }
    }

    @Test func `LVM's report of it is read`() throws {
        let pool = try pool()
        #expect(pool.metadataSize == 4 * Self.mebibyte)
        #expect(pool.metadataPercent == 10.94)
        #expect(pool.profile == "thin-generic")
    }

    @Test(
        arguments: [
            (89.9, 100, nil), (89.9, nil, nil), (90, nil, 90), (90, 100, 90), (69.9, 70, nil), (70, 70, 70),
        ] as [(Double, Double?, Double?)]
    )
    func `its data are below our limit, and below the one from which LVM enlarges it`(
        data: Double,
        threshold: Double?,
        expected: Double?
    ) throws {
        #expect(limit(try pool { $0.dataPercent = data }, threshold) == expected)
    }

    @Test(
        arguments: [
            (74.9, 4 * mebibyte, nil), (75, 4 * mebibyte, 75), (75, 16 * mebibyte, 75), (79.9, 20 * mebibyte, nil),
            (80, 20 * mebibyte, 80), (89.9, 1000 * mebibyte, nil), (90, 1000 * mebibyte, 90), (89.9, nil, nil),
        ] as [(Double, Int64?, Double?)]
    )
    func `its metadata keep what LVM wants free`(percent: Double, size: Int64?, expected: Double?) throws {
        let pool = try pool {
            $0.metadataPercent = percent
            $0.metadataSize = size
        }
        #expect(limit(pool, 100) == expected)
    }

    @Test func `the message tells the limit and whose it is, and what enlarges the pool`() throws {
        let full = try pool { $0.metadataPercent = 77.34 }
        let error = try #require(throws: LVMError.self) {
            try ThinPoolCheck(pool: full, autoextendThreshold: 100).check()
        }
        let told =
            "the metadata space of thin pool \"vg0/pool\" is 77.34 % full; from 75 % on no snapshot is made in it: "
            + "LVM keeps 4 MiB free, a quarter of less than 16 MiB"
        #expect(error.failure.message == told)
        #expect(error.failure.advice == "enlarge it: lvextend --poolmetadatasize +SIZE vg0/pool")
    }
}

@Suite struct `The limit from which LVM enlarges a pool` {
    private static let setting = "activation/thin_pool_autoextend_threshold"

    @Test(arguments: ["thin_pool_autoextend_threshold=70\n", "\tthin_pool_autoextend_threshold = 70\n"])
    func `is its setting, by the profile of the pool`(answer: String) async throws {
        let script = CommandScript()
        script.on("lvmconfig", "--config", "log{}", "--typeconfig", "full", Self.setting, say: answer)
        #expect(try await LVMTools(script.commands).autoextendThreshold(profile: "") == 70)
        script.on("lvmconfig", say: "thin_pool_autoextend_threshold=80\n")
        #expect(try await LVMTools(script.commands).autoextendThreshold(profile: "p") == 80)
        let arguments = ["--config", "log{}", "--typeconfig", "full", "--metadataprofile", "p", Self.setting]
        #expect(script.asked.last?.arguments == arguments)
    }

    @Test func `cannot be told by an answer that cannot be read`() async {
        let script = CommandScript()
        script.on("lvmconfig", say: "")
        await #expect(throws: LVMError.unreadableReport(command: "lvmconfig", text: "")) {
            try await LVMTools(script.commands).autoextendThreshold(profile: "")
        }
    }

    @Test func `is left to lvcreate where LVM does not tell it`() async {
        let stage = SnapshotStepTests()
        stage.letBe(snapshot: Recorded.empty)
        stage.script.on("lvcreate") { command in
            throw HostError.commandFailed(command: "\(command)", status: .exited(5), reason: "it is full")
        }
        let outcome = await stage.run(pool: "pool").outcome
        #expect(outcome.failure?.message.contains("it is full") == true)
        #expect(outcome.warnings.contains { $0.contains("at which limit LVM enlarges \"vg0/pool\" is not known") })
    }
}
