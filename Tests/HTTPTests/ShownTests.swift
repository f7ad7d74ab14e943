import Testing

@testable import HTTP

/// An address that is a secret: messages have another text in its place.
@Suite struct `An address that is not to be shown` {
    @Test(arguments: ["https://x y/hidden", "ftp://x.example.org/hidden", "http://127.0.0.1:1/hidden", "::hidden"])
    func `no error of a request tells the address`(url: String) async throws {
        var request = HTTPRequest(url: url, timeout: .seconds(5))
        request.shown = "[secret pager]"
        #expect("\(request)" == "GET \"[secret pager]\"")
        let error = await #expect(throws: HTTPError.self) { try await request.send() }
        #expect(error?.message.contains("[secret pager]") == true)
        #expect(error?.message.contains("hidden") == false)
    }
}
