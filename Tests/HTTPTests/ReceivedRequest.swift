/// The request of a client.
struct ReceivedRequest: Sendable {
    let method: String
    let path: String
    let headers: [String]
    let body: [UInt8]

    /// Reads until the request is complete; nil where the client goes before.
    ///
    /// A TLS handshake counts as a request without anything.
    init?(from connection: Socket) {
        var bytes: [UInt8] = []
        while true {
            guard let more = connection.receive() else { return nil }
            bytes += more
            if bytes.first == 22 { break }
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { continue }
            let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            let length = lines.compactMap { $0.wholeMatch(of: #/(?i:Content-Length): (\d+)/#)?.1 }.first ?? "0"
            guard let length = Int(length), bytes.count - end.upperBound >= length else { continue }
            self.init(lines, body: Array(bytes[end.upperBound...]))
            return
        }
        self.init([], body: [])
    }

    private init(_ lines: [Substring], body: [UInt8]) {
        let words = (lines.first ?? "").split(separator: " ")
        method = words.first.map(String.init) ?? ""
        path = words.dropFirst().first.map(String.init) ?? ""
        headers = lines.dropFirst().map(String.init)
        self.body = body
    }
}
