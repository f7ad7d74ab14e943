import Testing

@testable import HTTP

struct CancellationTests {
    @Test func `cancelling ends a transfer`() async throws {
        try await LocalServer.run(.always(.silence)) { server in
            let request = HTTPRequest(url: try server.url(), timeout: .seconds(300), retries: 3)
            let task = Task { try await request.send() }
            for await _ in server.arrivals { break }
            let start = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `cancelling ends a pause`() async throws {
        try await LocalServer.run(.always(.status(503))) { server in
            let request = HTTPRequest(url: try server.url(), retries: 1)
            let (pauses, pause) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await request.send(pausing: { _ in
                    pause.yield()
                    try await Task.sleep(for: .seconds(300))
                })
            }
            for await _ in pauses { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a cancelled task sends no request`() async throws {
        try await LocalServer.run(.always(.status(200))) { server in
            let request = HTTPRequest(url: try server.url())
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await request.send()
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.requests.isEmpty)
        }
    }
}
