import Glibc
import Host
import Synchronization

/// A server on 127.0.0.1 that answers as its script says, one connection after the other, and keeps what it was asked.
final class LocalServer: Sendable {
    let listener: Socket
    /// Each request as it arrives.
    let arrivals: AsyncStream<ReceivedRequest>
    private let arrival: AsyncStream<ReceivedRequest>.Continuation
    private let received = Mutex<[ReceivedRequest]>([])
    private let script: Script

    private init(_ script: Script) throws {
        // A proxy that this machine may use is none of the tests'.
        setenv("no_proxy", "127.0.0.1", 1)
        listener = try Socket.bound()
        (arrivals, arrival) = AsyncStream.makeStream()
        self.script = script
        guard listen(listener.number, 8) == 0 else { throw Socket.Failure(call: "listen", errno: errno) }
    }

    /// Runs a server for as long as `body` does.
    static func run<Value>(
        _ script: Script,
        _ body: (LocalServer) async throws -> Value
    ) async throws -> Value {
        let server = try LocalServer(script)
        let thread = SerialThread(name: "server")
        try thread.post { server.serve() }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        // Ends the accept() in progress, or the next one.
        shutdown(server.listener.number, Int32(SHUT_RDWR))
        // The thread's jobs run in order: this one is the last.
        try await thread.run {}
        return try result.get()
    }

    var requests: [ReceivedRequest] { received.withLock { $0 } }

    func url(_ path: String = "/", scheme: String = "http") throws -> String {
        "\(scheme)://127.0.0.1:\(try listener.port())\(path)"
    }

    private func serve() {
        while let connection = listener.accept() {
            guard let request = ReceivedRequest(from: connection) else { continue }
            received.withLock { $0.append(request) }
            arrival.yield(request)
            switch script.answer(request) {
            case .text(let text): connection.send(text)
            case .silence: connection.waitForEnd()
            case .hangUp: break
            }
        }
    }
}
