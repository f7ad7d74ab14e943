import Conformance
import Lifecycle
import Testing

@testable import MySQL

@Suite(.enabled(if: FreshData.isPossible, "needs root and an installed server"))
struct MySQLDatabaseTests {
    @Test(.timeLimit(.minutes(4))) func `the installed server behaves as every database does`() async throws {
        let fixture = try await FreshServer()
        for property in DatabaseProperty.all {
            do { try await property.check(fixture) } catch { Issue.record("\(property): \(error)") }
        }
        await fixture.end()
    }

    @Test(.timeLimit(.minutes(4))) func `the lock of the installed server has all its parts measured`() async throws {
        let fixture = try await FreshServer()
        let outcome = await fixture.run(change: { hooks in
            hooks.before(.snapshot) { _ in
                // This time is part of none.
                try await Task.sleep(for: .milliseconds(200))
                return .proceed
            }
        })
        await fixture.end()
        let held = try #require(outcome.lockHeldSeconds, "\(outcome)")
        let timings = try #require(outcome.lockTimings)
        let logs = try #require(timings.engineLogs)
        let coordinates = try #require(timings.coordinates)
        let snapshot = try #require(timings.snapshot)
        let release = try #require(timings.release)
        for seconds in [logs, coordinates, snapshot, release] { #expect(seconds > 0, "\(timings)") }
        #expect(coordinates < 0.2, "the wait of the hook counts for the coordinates")
        let sum = logs + snapshot + release
        #expect(sum <= held - 0.2, "\(timings) in \(held) s")
        // The plan of MySQL blocks no writers.
        #expect((timings.acquire != nil) == FreshData.isMariaDB, "\(timings)")
    }

    @Test func `the command of a statement is that of the client`() {
        let command = MySQLDatabase(options: MySQLOptions()).command(for: "SET GLOBAL x = 1")
        #expect(command == "mysql -e 'SET GLOBAL x = 1'")
    }
}
