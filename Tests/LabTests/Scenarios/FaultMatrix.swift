import Foundation
import Testing

extension LabTests {
    /// A fault leaves no remains and loses no data: the rows of `docs/reliability.md`.
    @Suite struct FaultMatrix {
        @Test(.sample)
        func `order is restored after a sample of the faults`() async throws {
            #expect(FaultRows.sample.map(\.testDescription) == FaultRows.sampleNames)
            let stage = try await FaultHarness.start()
            for row in FaultRows.sample { _ = try await stage.run(row) }
            try await stage.end()
        }

        @Test(.faults, arguments: FaultRows.locking)
        func `there are rows for every statement that a run sends`(
            plan: String,
            isLoose: Bool,
            places: [Relay.Place]
        ) async throws {
            try await FaultHarness.shared().setDurability(isLoose ? 0 : 1)
            let relay = try Relay()
            defer { relay.end() }
            let options = ["--lock", plan, "--allow-inconsistent", "--no-innodb-recovery", "--socket", Relay.socket]
            // The sets of the others are counted.
            try await check("mkdir", "-p", "/srv/statements")
            let run = try await Command([Lab.product("lvmbackup")] + options + ["/srv/statements"]).wait()
            #expect(run.status == 0, run.report)
            try await check("rm", "-rf", "/srv/statements")
            // The settings of a session are one kind: there are rows for the first of them.
            let sent = relay.sent.filter { !FaultRows.isLaterSetting($0.statement) }
            let rows = FaultRows.connecting + places + FaultRows.lookingAgain
            let strangers = sent.indices.filter { last in
                rows.filter { $0.isReached(by: Array(sent[...last])) }.count != 1
            }
            #expect(strangers.map { "\(sent[$0].session): \(sent[$0].statement.prefix(60))" } == [])
            let missing = rows.filter { place in
                !sent.indices.contains { place.isReached(by: Array(sent[...$0])) }
            }
            #expect(missing.map { "\($0)" } == [], "some rows name what is not sent")
        }

        @Test(.faults, arguments: FaultRows.chosen)
        func `order is restored`(row: FaultRow) async throws {
            let result = try await FaultHarness.shared(isThin: row.isThin).run(row)
            try await FaultReport.shared.add(result)
        }
    }
}
