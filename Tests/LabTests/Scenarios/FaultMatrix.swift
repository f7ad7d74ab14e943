import Foundation
import Testing

extension LabTests {
    /// Nothing is left behind and nothing is lost, whatever breaks: the rows of `docs/reliability.md`.
    @Suite struct FaultMatrix {
        @Test(.sample)
        func `order is restored after a sample of the faults`() async throws {
            let stage = try await FaultStage.start()
            for row in FaultRows.sample { _ = try await stage.run(row) }
            try await stage.end()
        }

        @Test(.faults, arguments: FaultRows.chosen)
        func `order is restored`(row: FaultRow) async throws {
            let result = try await FaultStage.shared().run(row)
            try await FaultReport.shared.add(result)
        }
    }
}
