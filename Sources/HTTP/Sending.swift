import Host
import Synchronization

extension HTTPRequest {
    /// Sends the request and waits for the answer, on a thread of its own.
    ///
    /// Cancelling ends it within a second.
    ///
    /// Where there are `retries`, an attempt without a connection, without an answer in time, or with status 429 or 5xx
    /// is followed by another one. The pauses are 1 s, 2 s, 4 s and so on, 64 s at most. Redirects are followed,
    /// five at most and never from HTTPS to HTTP, for GET, HEAD and POST only: others would arrive without their body.
    /// As in browsers, 307 and 308 keep a POST, and after other redirects it becomes a GET.
    ///
    /// - Returns: the answer of the last attempt, of any status.
    /// - Throws: ``HTTPError``, `CancellationError`, `HostError` where the system has no thread left.
    package func send() async throws -> HTTPResponse {
        try await send(pausing: { try await Task.sleep(for: $0) })
    }

    /// Finds errors of the request itself, without a server.
    ///
    /// - Throws: ``HTTPError`` for a request that ``send()`` would refuse.
    package func check() throws { try check(Address(url, shown: shown)) }

    func send(pausing: (Duration) async throws -> Void) async throws -> HTTPResponse {
        let address = try Address(url, shown: shown)
        try check(address)
        for number in 0..<max(0, retries) {
            do {
                let response = try await attempt(address)
                guard response.isTransient else { return response }
            } catch let error as HTTPError where error.isTransient {
                // The last attempt's is the one to tell.
            }
            try await pausing(.seconds(1 << min(number, 6)))
        }
        return try await attempt(address)
    }

    private func attempt(_ address: Address) async throws -> HTTPResponse {
        try Task.checkCancellation()
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await SerialThread.once(name: "http") {
                try Transfer(self, address, cancellation).perform()
            }
        } onCancel: {
            cancellation.isRequested.store(true, ordering: .relaxed)
        }
    }
}

/// Tells a thread that its work isn't wanted any more.
final class Cancellation: Sendable {
    let isRequested = Atomic(false)
}
