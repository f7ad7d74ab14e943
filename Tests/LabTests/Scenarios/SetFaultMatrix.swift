import Testing

extension LabTests {
    /// A fault in a command on a set leaves nothing behind, and the next command does the work.
    @Suite struct SetFaultMatrix {
        @Test(.faults, arguments: SetFaultRows.chosen)
        func `order is restored after a fault of a command on a set`(row: SetFaultRow) async throws {
            try await SetFaultHarness.shared().run(row)
        }
    }
}
