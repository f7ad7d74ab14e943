import CCurl

/// An address that may be requested, and how messages show it.
struct Address: Sendable {
    let text: String
    /// Whether it is of HTTPS.
    let isSecure: Bool
    /// The text without its secrets.
    let redacted: String

    /// - Parameter shown: what messages say in place of it; nil: the text without its secrets.
    /// - Throws: ``HTTPError/badURL(_:reason:)``, ``HTTPError/scheme(_:url:)``.
    init(_ text: String, shown: String? = nil) throws {
        let parts: AddressParts
        do { parts = try AddressParts(text) } catch HTTPError.badURL(let url, let reason) {
            throw HTTPError.badURL(shown ?? url, reason: reason)
        }
        let scheme = parts[CURLUPART_SCHEME]?.lowercased() ?? ""
        let redacted = try shown ?? parts.redacted()
        guard ["http", "https"].contains(scheme) else { throw HTTPError.scheme(scheme, url: redacted) }
        self.text = text
        self.redacted = redacted
        isSecure = scheme == "https"
    }

    /// Any text without the parts that would be secrets in an address.
    static func redact(_ text: String) -> String {
        do {
            return try AddressParts(text).redacted()
        } catch {
            return redactBroken(text)
        }
    }

    /// The parts of such a text are unknown: the text before an "@" may be a password.
    fileprivate static func redactBroken(_ text: String) -> String {
        var shown = text[...]
        if let at = text.lastIndex(of: "@") {
            shown = text[text.index(after: at)...]
        }
        return String(shown.prefix { $0 != "?" && $0 != "#" })
    }
}

/// An address, parsed by libcurl, which also performs the request.
private final class AddressParts {
    private let text: String
    private let handle: OpaquePointer

    /// - Throws: ``HTTPError/badURL(_:reason:)``.
    init(_ text: String) throws {
        guard !text.utf8.contains(0) else {
            throw HTTPError.badURL(Address.redactBroken(text), reason: "it has control characters")
        }
        guard let handle = curl_url() else {
            throw HTTPError.badURL(Address.redactBroken(text), reason: "out of memory")
        }
        self.text = text
        self.handle = handle
        try set(CURLUPART_URL, text)
    }

    deinit { curl_url_cleanup(handle) }

    subscript(part: CURLUPart) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }

    /// The address without user, password and fragment; of the query only the names remain.
    ///
    /// - Throws: ``HTTPError/badURL(_:reason:)``.
    func redacted() throws -> String {
        for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS, CURLUPART_FRAGMENT] { try set(part, nil) }
        if let query = self[CURLUPART_QUERY] {
            let names = query.split(separator: "&").map { field in
                field.contains("=") ? field.prefix { $0 != "=" } + "=***" : "***"
            }
            try set(CURLUPART_QUERY, names.joined(separator: "&"))
        }
        return self[CURLUPART_URL] ?? Address.redactBroken(text)
    }

    private func set(_ part: CURLUPart, _ value: String?) throws {
        let code = curl_url_set(handle, part, value, UInt32(CURLU_NON_SUPPORT_SCHEME))
        guard code == CURLUE_OK else {
            let reason = String(cString: curl_url_strerror(code)).lowercased()
            throw HTTPError.badURL(Address.redactBroken(text), reason: reason)
        }
    }
}
