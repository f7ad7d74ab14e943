import Conformance
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

    @Test func `the command of a statement is that of the client`() {
        let command = MySQLDatabase(options: MySQLOptions()).command(for: "SET GLOBAL x = 1")
        #expect(command == "mysql -e 'SET GLOBAL x = 1'")
    }
}
