import CCurl

/// The error of libcurl.
struct EasyFailure: Error {
    let code: CURLcode
    /// In libcurl's words.
    let reason: String
    /// Whether it came after a redirect, followed or not.
    var isRedirected = false
}

/// A transfer of libcurl's "easy" interface.
///
/// For one thread only.
final class EasyHandle {
    /// The library itself has to be set up once, by one thread.
    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    private let handle: OpaquePointer
    private let reason: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?

    /// - Throws: ``EasyFailure``.
    init() throws {
        guard Self.library == CURLE_OK, let handle = curl_easy_init() else {
            throw EasyFailure(code: CURLE_FAILED_INIT, reason: "libcurl could not be set up")
        }
        self.handle = handle
        reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try check(curl_set_error_buffer(handle, reason))
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        reason.deallocate()
    }

    func set(_ option: CURLoption, _ value: Int) throws { try check(curl_set_number(handle, option, value)) }

    func set(_ option: CURLoption, _ value: Bool) throws { try set(option, value ? 1 : 0) }

    func set(_ option: CURLoption, _ value: String) throws { try check(curl_set_text(handle, option, value)) }

    /// Sends a body, by POST unless another method is set.
    func setBody(_ body: [UInt8]) throws {
        try check(curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        try check(curl_set_bytes(handle, CURLOPT_COPYPOSTFIELDS, body))
    }

    /// Adds a line to the header, in the syntax of `CURLOPT_HTTPHEADER`.
    func addHeader(_ line: String) throws {
        guard let longer = curl_slist_append(headers, line) else { throw failure(CURLE_OUT_OF_MEMORY) }
        headers = longer
        try check(curl_set_headers(handle, longer))
    }

    /// - Parameter context: the argument of both callbacks; it has to outlive ``perform()``.
    func setCallbacks(
        _ context: UnsafeMutableRawPointer,
        receive: curl_write_callback,
        progress: curl_xferinfo_callback
    ) throws {
        try check(curl_set_receiver(handle, receive, context))
        try check(curl_set_progress(handle, progress, context))
    }

    func perform() throws { try check(curl_easy_perform(handle)) }

    /// The status of the last answer.
    func status() throws -> Int {
        var status = 0
        try check(curl_get_number(handle, CURLINFO_RESPONSE_CODE, &status))
        return status
    }

    /// The headers of the last answer.
    var responseHeaders: [(name: String, value: String)] {
        var found: [(name: String, value: String)] = []
        var last: UnsafeMutablePointer<curl_header>?
        while let header = curl_easy_nextheader(handle, UInt32(CURLH_HEADER), -1, last) {
            found.append((String(cString: header.pointee.name), String(cString: header.pointee.value)))
            last = header
        }
        return found
    }

    private func check(_ code: CURLcode) throws {
        guard code == CURLE_OK else { throw failure(code) }
    }

    private func failure(_ code: CURLcode) -> EasyFailure {
        let detail = String(cString: reason)
        var redirects = 0
        curl_get_number(handle, CURLINFO_REDIRECT_COUNT, &redirects)
        return EasyFailure(
            code: code,
            reason: detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail,
            isRedirected: redirects > 0
        )
    }
}
