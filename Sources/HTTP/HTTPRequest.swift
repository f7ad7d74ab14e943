/// A request by HTTP or HTTPS, and how long and how often it is tried.
package struct HTTPRequest: Sendable {
    /// Sent in upper case.
    package var method: String
    package var url: String
    /// What messages say in place of the address; nil: the address without its secrets.
    package var shown: String?
    /// Sent in this order.
    ///
    /// They replace those that would be sent otherwise, such as `User-Agent`.
    package var headers: [(name: String, value: String)]
    /// Nil: none.
    ///
    /// POST, PUT and PATCH then send an empty one.
    package var body: [UInt8]?
    /// How long one attempt may take, from looking up the host's name to the last byte of the answer.
    package var timeout: Duration
    /// How many attempts may follow the first, where one fails for a reason that may pass.
    ///
    /// The server may have seen every one of them: this is for requests that are safe to repeat.
    package var retries: Int
    /// How many bytes the body of the answer may have.
    package var outputLimit: Int

    package init(
        method: String = "GET",
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(10),
        retries: Int = 0,
        outputLimit: Int = 1 << 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.retries = retries
        self.outputLimit = outputLimit
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The method, and the address without its secrets, for messages.
    package var description: String { "\(method.uppercased()) \"\(shown ?? Address.redact(url))\"" }

    package var debugDescription: String { description }

    /// The description alone: a dump of the members would show passwords and tokens.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
