import Host
import Lifecycle
import Testing

@testable import LVM

@Suite struct `Room for a snapshot in a thin pool` {
    private static let mebibyte: Int64 = 1 << 20

    private func pool(_ change: (inout LogicalVolume) -> Void) throws -> LogicalVolume {
        let rows = try Report.decode(Array(Recorded.pool.utf8), from: "lvs").report.flatMap { $0.lv ?? [] }
        var pool = try #require(rows.compactMap(LogicalVolume.init).first)
        change(&pool)
        return pool
    }

    private func refusal(_ pool: LogicalVolume, _ threshold: Double) -> LVMError? {
        do {
            try PoolRoom(pool: pool, autoextendThreshold: threshold).check()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [(89.9, 100, nil), (90, 100, 90), (69.9, 70, nil), (70, 70, 70)] as [(Double, Double, Double?)])
    func `its data are below our limit, and below the one from which LVM enlarges it`(
        data: Double,
        threshold: Double,
        limit: Double?
    ) throws {
        let refusal = refusal(try pool { $0.dataPercent = data }, threshold)
        #expect(refusal == limit.map { .poolWithoutRoom(pool: "vg0/pool", what: "data", percent: data, limit: $0) })
    }

    @Test(
        arguments: [
            (74.9, 4 * mebibyte, nil), (75, 4 * mebibyte, 75), (75, 16 * mebibyte, 75), (79.9, 20 * mebibyte, nil),
            (80, 20 * mebibyte, 80), (89.9, 1000 * mebibyte, nil), (90, 1000 * mebibyte, 90), (89.9, nil, nil),
        ] as [(Double, Int64?, Double?)]
    )
    func `its metadata keep what LVM wants free`(percent: Double, size: Int64?, limit: Double?) throws {
        let pool = try pool {
            $0.metadataPercent = percent
            $0.metadataSize = size
        }
        let expected = limit.map {
            LVMError.poolWithoutRoom(pool: "vg0/pool", what: "metadata", percent: percent, limit: $0)
        }
        #expect(refusal(pool, 100) == expected)
    }

    @Test func `the message tells the limit, and what enlarges the pool`() {
        let error = LVMError.poolWithoutRoom(pool: "vg0/pool", what: "metadata", percent: 77.34, limit: 75)
        let told = #"the metadata space of thin pool "vg0/pool" is 77.34 % full; from 75 % on it gets no snapshot"#
        #expect(error.failure.message == told)
        #expect(error.failure.advice == "enlarge it: lvextend --poolmetadatasize +SIZE vg0/pool")
    }

    @Test(arguments: ["thin_pool_autoextend_threshold=70\n", "\tthin_pool_autoextend_threshold = 70\n"])
    func `the limit of enlarging is LVM's setting`(answer: String) async throws {
        let script = CommandScript()
        script.on("lvmconfig", "--typeconfig", "full", "activation/thin_pool_autoextend_threshold", say: answer)
        #expect(try await LVMTools(script.commands).autoextendThreshold() == 70)
    }

    @Test func `an answer that can't be read is an error`() async {
        let script = CommandScript()
        script.on("lvmconfig", say: "")
        await #expect(throws: LVMError.unreadableReport(command: "lvmconfig")) {
            try await LVMTools(script.commands).autoextendThreshold()
        }
    }
}
