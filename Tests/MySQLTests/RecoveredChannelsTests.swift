import Lifecycle
import Testing

@testable import MySQL

@Suite struct RecoveredChannelsTests {
    private func channels(
        _ applied: [String?],
        workers: [[String?]] = [],
        preservesOrder: Bool = true
    ) -> [Coordinates.Channel] {
        RecoveredChannels(
            sources: Rows(
                columns: ["name", "host", "port"],
                values: [["east", "db1", "3307"], ["group_replication_applier", "", "0"]]
            ),
            applied: Rows(columns: ["name", "file", "position", "workers"], values: [applied]),
            workers: Rows(columns: ["name", "file", "position"], values: workers),
            preservesOrder: preservesOrder
        ).channels
    }

    private static let workers: [[String?]] = [
        ["east", "binlog.999999", "900"], ["east", "binlog.1000000", "700"], ["west", "binlog.2000000", "4"],
        ["east", "", "0"],
    ]

    @Test func `of parallel workers that keep the order the furthest one counts`() {
        let channel = channels(["east", "binlog.999999", "400", "4"], workers: Self.workers).first
        #expect(channel?.executed == Coordinates.Position(file: "binlog.1000000", position: 700))
        #expect(channel?.inexactBecause == nil)
        #expect(channel?.sourcePort == 3307)
    }

    @Test func `a worker that is behind the checkpoint does not count`() {
        let channel = channels(["east", "binlog.1000000", "800", "4"], workers: Self.workers).first
        #expect(channel?.executed?.position == 800)
    }

    @Test(arguments: [("4", false), ("1", true), ("0", true)])
    func `workers that commit in any order leave gaps`(workers: String, isExact: Bool) {
        let found = channels(["east", "binlog.999999", "400", workers], preservesOrder: false)
        #expect(found.count == 1)
        #expect((found.first?.inexactBecause == nil) == isExact)
    }

    @Test func `a channel that has applied nothing has no position`() {
        #expect(channels(["east", "", "4", "0"]).first?.executed == nil)
    }
}
