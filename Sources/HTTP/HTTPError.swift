/// Why a request has no answer.
///
/// Addresses are told without user, password, fragment and the values of the query.
package enum HTTPError: Error, Equatable, Sendable {
    /// The text is not an address.
    case badURL(String, reason: String)
    /// The address is neither of HTTP nor of HTTPS.
    case scheme(String, url: String)
    /// The method, a header or the body breaks the rules of HTTP.
    case badRequest(url: String, reason: String)
    /// The host was not found or refused, or the connection broke off.
    case connection(url: String, reason: String)
    /// One attempt took too long.
    case timedOut(url: String, limit: Duration)
    /// The body of the answer is too long.
    case tooLarge(url: String, limit: Int)
    /// Encryption failed, or the certificate is not the host's.
    case insecure(url: String, reason: String)
    /// The answer redirects to an address that is not followed.
    case redirect(url: String, reason: String)
    /// The answer is not understood, or libcurl failed otherwise.
    case transfer(url: String, reason: String)
}

extension HTTPError: CustomStringConvertible {
    package var description: String { message }

    /// The failed operation, its address and the cause; lower case, no full stop.
    package var message: String {
        switch self {
        case .badURL(let url, let reason): "\"\(url)\" is not a URL: \(reason)"
        case .scheme(let scheme, let url): "\"\(url)\" cannot be requested: \"\(scheme)\" is neither http nor https"
        case .badRequest(let url, let reason): "\"\(url)\" cannot be requested: \(reason)"
        case .connection(let url, let reason): "no connection to \"\(url)\": \(reason)"
        case .timedOut(let url, let limit): "\"\(url)\" did not answer within \(limit)"
        case .tooLarge(let url, let limit): "the answer of \"\(url)\" is longer than \(limit) bytes"
        case .insecure(let url, let reason): "no secure connection to \"\(url)\": \(reason)"
        case .redirect(let url, let reason): "\"\(url)\" redirects to an address that is not followed: \(reason)"
        case .transfer(let url, let reason): "\"\(url)\" could not be read: \(reason)"
        }
    }

    /// Whether the same request may succeed a little later.
    var isTransient: Bool {
        switch self {
        case .connection, .timedOut: true
        default: false
        }
    }
}
