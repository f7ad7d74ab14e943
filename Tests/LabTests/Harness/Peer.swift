import Testing

/// A run of mylvmbackup 0.15 on the same host.
struct Peer: Sendable {
    let result: Command.Result
    /// Seconds of the monotonic clock at which it did what the name says.
    private var stamps: [String: Double] = [:]

    static func run(_ settings: String...) async throws -> Peer {
        let peer = Peer(try await Command(["\(Lab.tools)/peer"] + settings).wait())
        try await check("rm", "-rf", "/srv/peer/backup")
        return peer
    }

    private init(_ result: Command.Result) {
        self.result = result
        for line in result.output.split(separator: "\n") where line.hasPrefix("lab ") {
            let fields = line.split(separator: " ")
            if fields.count == 3 { stamps[String(fields[1])] = Double(fields[2]) }
        }
    }

    func time(_ name: String) throws -> Double {
        try #require(stamps[name], "no \"\(name)\": \(result.report)")
    }
}
