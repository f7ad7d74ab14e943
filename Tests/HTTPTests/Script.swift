/// The answers of a server to its requests.
struct Script: Sendable {
    enum Answer: Sendable {
        /// As it stands; the connection is closed after it.
        case text(String)
        /// None: the connection stays open until the client goes.
        case silence
        /// None: the connection is closed.
        case hangUp

        static func status(_ status: Int, _ headers: [String] = [], body: String = "") -> Self {
            let lines = ["HTTP/1.1 \(status) Of Test", "Content-Length: \(body.utf8.count)", "Connection: close"]
            return .text((lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body)
        }
    }

    let answer: @Sendable (ReceivedRequest) -> Answer

    static func always(_ answer: Answer) -> Self { Self { _ in answer } }
}
