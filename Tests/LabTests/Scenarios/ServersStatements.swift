import Foundation
import Testing

extension LabTests {
    /// Statements that a backup may send, on the real server.
    ///
    /// Among them are those of releases and of printed repairs.
    @Suite struct ServersStatements {
        /// The tests of the module speak to a server that their environment names.
        @Test(.servers())
        func `the server takes every statement, and no setting of it changes an answer`() async throws {
            _ = try await DatabaseHost.fresh()
            let tests = try Command(
                [
                    CommandLine.arguments[0], "--testing-library", "swift-testing", "--no-parallel",
                    "--filter", "MySQLTests.RealServerTests",
                ],
                environment: ["LVMBACKUP_TEST_SOCKET": DatabaseHost.socket]
            )
            let result = await tests.wait(limit: .seconds(1800))
            await DatabaseHost.forget()
            #expect(result.status == 0, result.report)
            // All of the suite ran, and none was skipped. Results come on either stream, by the release of Swift Testing.
            let results = result.output + result.errors
            #expect(results.contains("Suite RealServerTests passed"), result.report)
            #expect(!results.contains("skipped"), result.report)
        }
    }
}
