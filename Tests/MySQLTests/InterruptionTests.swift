import TestSupport
import Testing

@testable import MySQL

@Suite struct InterruptionTests {
    private let acts = Recorder<String>()

    /// - Parameter looks: how often the statement is still seen under way.
    private func interruption(
        looks: Int,
        _ killStatement: @escaping @Sendable () async throws -> Void = {}
    ) -> Interruption {
        let seen = Recorder<String>()
        return Interruption(
            killStatement: { [acts] in
                acts.add("KILL QUERY")
                try await killStatement()
            },
            isUnderWay: {
                seen.add("")
                return seen.all.count <= looks
            },
            killSession: { [acts] in acts.add("KILL") },
            cut: { [acts] in acts.add("cut") },
            patience: .milliseconds(200)
        )
    }

    @Test(arguments: [0, 3])
    func `a statement that heeds KILL QUERY costs no more`(looks: Int) async {
        await interruption(looks: looks).perform()
        #expect(acts.all == ["KILL QUERY"])
    }

    @Test func `a statement that goes on costs the session`() async {
        let start = ContinuousClock.now
        await interruption(looks: .max).perform()
        #expect(acts.all == ["KILL QUERY", "KILL"])
        #expect(.now - start >= .milliseconds(200))
    }

    @Test func `a server that does not answer is left`() async {
        await interruption(looks: .max) { try await Task.sleep(for: .seconds(60)) }.perform()
        #expect(acts.all == ["KILL QUERY", "cut"])
    }

    @Test func `a KILL QUERY that fails costs the connection`() async {
        await interruption(looks: .max) { throw MySQLError.sessionClosed }.perform()
        #expect(acts.all == ["KILL QUERY", "cut"])
    }
}
