import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// One attempt at a request, for the one thread that lives for it.
final class Transfer {
    static let redirectLimit = 5

    private let request: HTTPRequest
    private let method: String
    private let address: Address
    private let cancellation: Cancellation
    private var body: [UInt8] = []

    init(_ request: HTTPRequest, _ address: Address, _ cancellation: Cancellation) {
        self.request = request
        self.address = address
        self.cancellation = cancellation
        method = request.method.uppercased()
    }

    /// - Throws: ``HTTPError``, or `CancellationError`.
    func perform() throws -> HTTPResponse {
        blockBrokenPipes()
        do {
            let handle = try EasyHandle()
            try configure(handle)
            try setMethod(handle)
            try setHeaders(handle)
            try setCallbacks(handle)
            try handle.perform()
            return HTTPResponse(status: try handle.status(), headers: handle.responseHeaders, body: body)
        } catch let failure as EasyFailure {
            if failure.code == CURLE_ABORTED_BY_CALLBACK { throw CancellationError() }
            throw HTTPError(failure, request, address)
        }
    }

    /// OpenSSL writes without MSG_NOSIGNAL.
    ///
    /// The signal that a peer causes by hanging up stays with this thread, and is gone with it.
    private func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private func configure(_ handle: EasyHandle) throws {
        try handle.set(CURLOPT_URL, address.text)
        try handle.set(CURLOPT_USERAGENT, "lvmbackup")
        try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_REDIR_PROTOCOLS_STR, address.isSecure ? "https" : "http,https")
        try handle.set(CURLOPT_MAXREDIRS, Self.redirectLimit)
        try handle.set(CURLOPT_NOSIGNAL, true)
        // A name server that is silent holds up only the thread that asks it, not the end of the transfer.
        try handle.set(CURLOPT_QUICK_EXIT, true)
        try handle.set(CURLOPT_TIMEOUT_MS, request.timeout.inMilliseconds)
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, request.timeout.inMilliseconds)
    }

    private func setMethod(_ handle: EasyHandle) throws {
        switch (method, request.body) {
        case ("GET", nil):
            try handle.set(CURLOPT_FOLLOWLOCATION, true)
        case ("HEAD", _):
            try handle.set(CURLOPT_NOBODY, true)
            try handle.set(CURLOPT_FOLLOWLOCATION, true)
        case ("POST", let body):
            try handle.setBody(body ?? [])
            try handle.set(CURLOPT_FOLLOWLOCATION, true)
        case (_, let body):
            if let body = body ?? (["PUT", "PATCH"].contains(method) ? [] : nil) { try handle.setBody(body) }
            try handle.set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    private func setHeaders(_ handle: EasyHandle) throws {
        for (name, value) in request.headers {
            try handle.addHeader(value.isEmpty ? "\(name);" : "\(name): \(value)")
        }
        // Without a value: not sent. libcurl would call any body a form, and wait for leave to send a long one.
        for name in ["Content-Type", "Expect"]
        where !request.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
            try handle.addHeader("\(name):")
        }
    }

    private func setCallbacks(_ handle: EasyHandle) throws {
        try handle.setCallbacks(
            Unmanaged.passUnretained(self).toOpaque(),
            receive: { bytes, size, count, context in
                guard let context else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
            },
            progress: { context, _, _, _, _ in
                guard let context else { return 1 }
                let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                return transfer.cancellation.isRequested.load(ordering: .relaxed) ? 1 : 0
            }
        )
    }

    /// - Returns: how many bytes were taken; fewer than there are end the transfer with `CURLE_WRITE_ERROR`.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= request.outputLimit - body.count else { return 0 }
        body.append(contentsOf: bytes)
        return bytes.count
    }
}

extension Duration {
    /// As libcurl takes a limit, to which 0 means none.
    fileprivate var inMilliseconds: Int {
        Int(min(max(self, .milliseconds(1)), .seconds(1_000_000)) / .milliseconds(1))
    }
}
