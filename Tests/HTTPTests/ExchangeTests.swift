import Testing

@testable import HTTP

struct ExchangeTests {
    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE", "post"])
    func `every method arrives, in upper case`(method: String) async throws {
        try await LocalServer.run(.always(.status(204))) { server in
            let response = try await HTTPRequest(method: method, url: server.url("/a/b?c=d")).send()
            #expect(response.status == 204)
            #expect(server.requests.map(\.method) == [method.uppercased()])
            #expect(server.requests.map(\.path) == ["/a/b?c=d"])
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE"], [0, 3, 2_000_000])
    func `a body arrives as it is`(method: String, count: Int) async throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try await LocalServer.run(.always(.status(200))) { server in
            _ = try await HTTPRequest(method: method, url: server.url(), body: body).send()
            #expect(server.requests.map { $0.body == body } == [true])
            #expect(server.requests[0].headers.contains("Content-Length: \(count)"))
        }
    }

    @Test(arguments: [("GET", false), ("DELETE", false), ("POST", true), ("PUT", true), ("PATCH", true)])
    func `without a body its length is told where a server expects it`(method: String, isTold: Bool) async throws {
        try await LocalServer.run(.always(.status(200))) { server in
            _ = try await HTTPRequest(method: method, url: server.url()).send()
            #expect(server.requests[0].headers.contains("Content-Length: 0") == isTold)
        }
    }

    @Test func `headers are sent as given, and replace those that would be sent otherwise`() async throws {
        let headers = [
            (name: "X-Word", value: "a b: c"), ("X-Empty", ""), ("content-type", "application/json"),
            ("User-Agent", "other"),
        ]
        try await LocalServer.run(.always(.status(200))) { server in
            let url = try server.url()
            _ = try await HTTPRequest(method: "POST", url: url, headers: headers, body: [1]).send()
            #expect(
                Set(server.requests[0].headers) == [
                    "X-Word: a b: c", "X-Empty:", "content-type: application/json", "User-Agent: other", "Accept: */*",
                    "Content-Length: 1", "Host: \(url.dropFirst(7).dropLast())",
                ]
            )
        }
    }

    @Test func `the request has no header about a body but the caller's`() async throws {
        try await LocalServer.run(.always(.status(200))) { server in
            _ = try await HTTPRequest(method: "POST", url: server.url(), body: [1]).send()
            let names = server.requests[0].headers.map { $0.prefix { $0 != ":" } }
            #expect(Set(names) == ["Host", "User-Agent", "Accept", "Content-Length"])
        }
    }

    @Test(arguments: [200, 201, 204, 304, 400, 401, 404, 429, 500, 503])
    func `every status is a value`(status: Int) async throws {
        try await LocalServer.run(.always(.status(status))) { server in
            let response = try await HTTPRequest(url: server.url()).send()
            #expect(response.status == status)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `the answer has its headers in order, and its body`() async throws {
        let headers = ["X-One: 1", "Set-Cookie: a", "Set-Cookie: b"]
        try await LocalServer.run(.always(.status(200, headers, body: "a\0b"))) { server in
            let response = try await HTTPRequest(url: server.url()).send()
            #expect(
                response.headers.map(\.name) == ["Content-Length", "Connection", "X-One", "Set-Cookie", "Set-Cookie"]
            )
            #expect(response.headers.map(\.value) == ["3", "close", "1", "a", "b"])
            #expect(response.body == [97, 0, 98])
        }
    }

    @Test(arguments: [(4, true), (5, true), (6, false)])
    func `an answer may be as long as the limit`(length: Int, isAccepted: Bool) async throws {
        let body = String(repeating: "x", count: length)
        try await LocalServer.run(.always(.status(200, body: body))) { server in
            let request = HTTPRequest(url: try server.url(), outputLimit: 5)
            if isAccepted {
                #expect(try await request.send().body.count == length)
            } else {
                await #expect(throws: HTTPError.tooLarge(url: request.url, limit: 5)) { try await request.send() }
            }
        }
    }
}
