/// What the server answered, whatever its status says.
public struct HTTPResponse: Sendable {
    public let status: Int
    /// As they came, of the last answer where redirects were followed.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Whether the same request may be answered better a little later.
    var isTransient: Bool { status == 429 || (500..<600).contains(status) }
}
