import CCurl

extension HTTPError {
    /// The meaning of a failure of libcurl for a request.
    init(_ failure: EasyFailure, _ request: HTTPRequest, _ address: Address) {
        let url = address.redacted
        let reason = failure.reason.asReason
        self =
            switch failure.code {
            case CURLE_OPERATION_TIMEDOUT: .timedOut(url: url, limit: request.timeout)
            case CURLE_WRITE_ERROR: .tooLarge(url: url, limit: request.outputLimit)
            // Not in libcurl's words, which may be those of a connection that it has replaced meanwhile.
            case CURLE_TOO_MANY_REDIRECTS: .redirect(url: url, reason: "more than \(Transfer.redirectLimit) redirects")
            // The address that was asked for is one of HTTP.
            case CURLE_UNSUPPORTED_PROTOCOL where failure.isRedirected:
                .redirect(url: url, reason: "the scheme is not allowed")
            case CURLE_URL_MALFORMAT where failure.isRedirected: .redirect(url: url, reason: "that is not a URL")
            case CURLE_URL_MALFORMAT: .badURL(url, reason: reason)
            case let code where code.isOfConnection: .connection(url: url, reason: reason)
            case let code where code.isOfEncryption: .insecure(url: url, reason: reason)
            default: .transfer(url: url, reason: reason)
            }
    }
}

extension CURLcode {
    fileprivate var isOfConnection: Bool {
        [
            CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_GOT_NOTHING,
            CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_PARTIAL_FILE, CURLE_PROXY, CURLE_RECV_ERROR, CURLE_SEND_ERROR,
        ].contains(self)
    }

    fileprivate var isOfEncryption: Bool {
        [
            CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CLIENTCERT, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_ISSUER_ERROR,
        ].contains(self)
    }
}

extension String {
    /// With a small first letter, unless it begins with an abbreviation.
    ///
    /// A proxy's password, which comes from the environment, is left out.
    fileprivate var asReason: String {
        let words = replacing(#/://\S*@/#, with: "://")
        let isWord = words.dropFirst().first?.isLowercase ?? false
        return isWord ? words.prefix(1).lowercased() + words.dropFirst() : words
    }
}
