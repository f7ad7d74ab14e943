/// The answer of a server, of any status.
package struct HTTPResponse: Sendable {
    package let status: Int
    /// In the order in which they came; after redirects, those of the last answer.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the same request may succeed a little later.
    var isTransient: Bool { status == 429 || (500..<600).contains(status) }
}
