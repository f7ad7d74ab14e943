import Testing

@testable import HTTP

struct RefusalTests {
    @Test func `a refused connection names the address and the reason`() async throws {
        let port = try Socket.bound()
        let url = "http://127.0.0.1:\(try port.port())/x"
        await #expect {
            try await HTTPRequest(url: url, timeout: .seconds(60)).send()
        } throws: { error in
            guard case HTTPError.connection(url, let reason) = error else { return false }
            return reason.hasPrefix("failed to connect to 127.0.0.1 port ")
        }
        withExtendedLifetime(port) {}
    }

    @Test func `a server that speaks no TLS gets no request`() async throws {
        try await LocalServer.run(.always(.status(200))) { server in
            let url = try server.url(scheme: "https")
            await #expect {
                try await HTTPRequest(url: url, timeout: .seconds(60), retries: 3).send()
            } throws: { error in
                guard case HTTPError.insecure(url, _) = error else { return false }
                return true
            }
            #expect(server.requests.map(\.method) == [""])
        }
    }

    @Test func `a text that is not HTTP is no answer`() async throws {
        try await LocalServer.run(.always(.text("220 ready\r\n"))) { server in
            let url = try server.url()
            await #expect {
                try await HTTPRequest(url: url, retries: 3).send()
            } throws: { error in
                guard case HTTPError.transfer(url, _) = error else { return false }
                return true
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test(
        arguments: [
            ("", ""), ("example.org/x", "example.org/x"), ("http://", "http://"), ("http://a b/", "http://a b/"),
            ("http://h:port/x?t=s3cret#s3cret", "http://h:port/x"),
            ("http://h\0.example.org/", "http://h\0.example.org/"),
            ("http://user:s3/cret@h/", "h/"), ("http://user:s3#cret@h/?a=b@c", "c"), ("user:s3cret@h", "h"),
        ]
    )
    func `a text that is not a URL is refused, and shown without possible secrets`(url: String, shown: String) async {
        await #expect {
            try await HTTPRequest(url: url, retries: 3).send()
        } throws: { error in
            guard case HTTPError.badURL(shown, _) = error else { return false }
            return "\(HTTPRequest(url: url))" == "GET \"\(shown)\""
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://example.org/", "ldap://example.org/", "SCP://example.org/"])
    func `another scheme is refused`(url: String) async {
        let scheme = url.prefix { $0 != ":" }.lowercased()
        await #expect {
            try await HTTPRequest(url: url, retries: 3).send()
        } throws: { error in
            guard case HTTPError.scheme(scheme, _) = error else { return false }
            return "\(error)".hasSuffix("\"\(scheme)\" is neither http nor https")
        }
    }

    @Test(arguments: ["", "GET /", "GET\r\nX:", "GÉT"])
    func `a method that is no word is refused`(method: String) async {
        let refusal = HTTPError.badRequest(url: "http://127.0.0.1/", reason: "the method is not a word of HTTP")
        await #expect(throws: refusal) { try await HTTPRequest(method: method, url: "http://127.0.0.1").send() }
    }

    @Test func `a body of HEAD is refused`() async {
        await #expect(throws: HTTPError.badRequest(url: "http://127.0.0.1/", reason: "HEAD has no body")) {
            try await HTTPRequest(method: "head", url: "http://127.0.0.1/", body: []).send()
        }
    }

    @Test(
        arguments: [
            ("X-A", "b\r\nX-B: s3cret", "the value of header \"X-A\" has control characters"),
            ("X-A", "s3cret\0", "the value of header \"X-A\" has control characters"),
            ("X-A: s3cret", "b", "the name of header 1 is not a word"), ("", "b", "the name of header 1 is not a word"),
        ]
    )
    func `a header that would be two is refused`(name: String, value: String, reason: String) async {
        await #expect(throws: HTTPError.badRequest(url: "http://127.0.0.1/", reason: reason)) {
            try await HTTPRequest(url: "http://127.0.0.1/", headers: [(name, value)]).send()
        }
    }
}

struct SecretTests {
    @Test(
        arguments: [
            ("https://user:s3cret@h.example.org:8443/p/q?token=s3cret&b=&s3cret#s3cret", "/p/q?token=***&b=***&***"),
            ("https://s3cret@h.example.org:8443", "/"), ("HTTPS://h.example.org:8443/@x/y", "/@x/y"),
        ]
    )
    func `an address is told without its secrets`(url: String, rest: String) throws {
        let shown = "https://h.example.org:8443\(rest)"
        #expect(try Address(url).redacted == shown)
        let request = HTTPRequest(url: url, headers: [("Authorization", "s3cret")], body: Array("s3cret".utf8))
        var dumped = ""
        dump(request, to: &dumped)
        for text in ["\(request)", String(reflecting: request)] { #expect(text == "GET \"\(shown)\"") }
        #expect(!dumped.contains("s3cret"))
    }

    @Test func `an error that libcurl words has none either`() async throws {
        let port = try Socket.bound()
        let rest = "127.0.0.1:\(try port.port())/x?token="
        await #expect {
            try await HTTPRequest(url: "http://user:s3cret@\(rest)s3cret").send()
        } throws: { error in
            "\(error)".hasPrefix("no connection to \"http://\(rest)***\": ") && !"\(error)".contains("s3cret")
        }
        withExtendedLifetime(port) {}
    }
}
