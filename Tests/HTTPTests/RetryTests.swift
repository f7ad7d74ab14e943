import Synchronization
import TestSupport
import Testing

@testable import HTTP

struct RetryTests {
    @Test(
        arguments: [
            (429, 1, 2), (500, 2, 3), (503, 3, 4), (599, 0, 1), (503, -1, 1), (200, 3, 1), (304, 3, 1), (404, 3, 1),
        ]
    )
    func `only what may pass is tried again`(status: Int, retries: Int, count: Int) async throws {
        try await LocalServer.run(.always(.status(status))) { server in
            let response = try await HTTPRequest(url: server.url(), retries: retries).send(pausing: { _ in })
            #expect(response.status == status)
            #expect(server.requests.count == count)
        }
    }

    @Test func `the pauses double up to about a minute`() async throws {
        // None of them is made.
        let pauses = Recorder<Duration>()
        try await LocalServer.run(.always(.status(503))) { server in
            _ = try await HTTPRequest(url: server.url(), retries: 9).send(pausing: pauses.add)
        }
        #expect(pauses.all == [1, 2, 4, 8, 16, 32, 64, 64, 64].map { .seconds($0) })
    }

    @Test func `the first good answer counts`() async throws {
        let number = Atomic(0)
        let script = Script { _ in
            number.add(1, ordering: .relaxed).newValue < 3 ? .status(503) : .status(200, body: "at last")
        }
        try await LocalServer.run(script) { server in
            let response = try await HTTPRequest(url: server.url(), retries: 9).send(pausing: { _ in })
            #expect(response.body == Array("at last".utf8))
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a lost connection is tried again`() async throws {
        try await LocalServer.run(.always(.hangUp)) { server in
            let url = try server.url()
            await #expect(throws: HTTPError.connection(url: url, reason: "empty reply from server")) {
                try await HTTPRequest(url: url, retries: 2).send(pausing: { _ in })
            }
            #expect(server.requests.count == 3)
        }
    }

    @Test func `an attempt without an answer in time is tried again`() async throws {
        try await LocalServer.run(.always(.silence)) { server in
            let request = HTTPRequest(url: try server.url(), timeout: .milliseconds(300), retries: 1)
            await #expect(throws: HTTPError.timedOut(url: request.url, limit: .milliseconds(300))) {
                try await request.send(pausing: { _ in })
            }
            #expect(server.requests.count == 2)
        }
    }
}
