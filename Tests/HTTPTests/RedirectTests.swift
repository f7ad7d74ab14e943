import Testing

@testable import HTTP

struct RedirectTests {
    /// Answers "/" with a redirect, anything else with 200.
    private static func redirecting(_ status: Int, to target: String) -> Script {
        Script { request in
            request.path == "/"
                ? .status(status, ["Location: \(target)"], body: "moved") : .status(200, body: "here")
        }
    }

    @Test(
        arguments: [
            ("GET", 301, "GET"), ("GET", 307, "GET"), ("HEAD", 302, "HEAD"), ("POST", 303, "GET"),
            ("POST", 307, "POST"),
            ("POST", 308, "POST"),
        ]
    )
    func `a redirect is followed`(method: String, status: Int, next: String) async throws {
        try await LocalServer.run(Self.redirecting(status, to: "/next")) { server in
            let response = try await HTTPRequest(method: method, url: server.url()).send()
            #expect(response.status == 200)
            #expect(response.headers.map(\.name) == ["Content-Length", "Connection"])
            #expect(response.body == (method == "HEAD" ? [] : Array("here".utf8)))
            #expect(server.requests.map(\.method) == [method, next])
            #expect(server.requests.map(\.path) == ["/", "/next"])
        }
    }

    @Test(arguments: ["PUT", "PATCH", "DELETE"])
    func `a redirect of what might arrive without its body is the answer`(method: String) async throws {
        try await LocalServer.run(Self.redirecting(302, to: "/next")) { server in
            let response = try await HTTPRequest(method: method, url: server.url(), body: [1]).send()
            #expect(response.status == 302)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://user:s3cret@127.0.0.1/?s3cret", "gopher://127.0.0.1/"])
    func `a redirect to another scheme is refused`(target: String) async throws {
        try await LocalServer.run(Self.redirecting(302, to: target)) { server in
            let url = try server.url()
            await #expect(throws: HTTPError.redirect(url: url, reason: "the scheme is not allowed")) {
                try await HTTPRequest(url: url, retries: 3).send()
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: ["http://127.0.0.1:s3cret/", "http://user:s3/cret@127.0.0.1/", "http:///"])
    func `a redirect to what is not a URL is refused`(target: String) async throws {
        try await LocalServer.run(Self.redirecting(302, to: target)) { server in
            let url = try server.url()
            await #expect(throws: HTTPError.redirect(url: url, reason: "that is not a URL")) {
                try await HTTPRequest(url: url, retries: 3).send()
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `redirects without end are followed five times`() async throws {
        try await LocalServer.run(.always(.status(302, ["Location: /"]))) { server in
            let url = try server.url()
            await #expect(throws: HTTPError.redirect(url: url, reason: "more than 5 redirects")) {
                try await HTTPRequest(url: url, retries: 3).send()
            }
            #expect(server.requests.count == 6)
        }
    }
}
