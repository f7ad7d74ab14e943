extension HTTPRequest {
    /// Refuses values that would turn this request into another one, or into several.
    ///
    /// - Throws: ``HTTPError/badRequest(url:reason:)``, without the values.
    func check(_ address: Address) throws {
        guard method.isToken else { throw refusal(address, "the method is not a word of HTTP") }
        if method.uppercased() == "HEAD", body != nil { throw refusal(address, "HEAD has no body") }
        for (number, header) in headers.enumerated() {
            guard header.name.isToken else { throw refusal(address, "the name of header \(number + 1) is not a word") }
            guard !header.value.utf8.contains(where: \.isControl) else {
                throw refusal(address, "the value of header \"\(header.name)\" has control characters")
            }
        }
    }

    private func refusal(_ address: Address, _ reason: String) -> HTTPError {
        .badRequest(url: address.redacted, reason: reason)
    }
}

extension String {
    /// A token of RFC 9110: methods and names of headers are tokens.
    fileprivate var isToken: Bool {
        !isEmpty
            && unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                    || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
            }
    }
}

extension UInt8 {
    /// A tab is none.
    fileprivate var isControl: Bool { (self < 0x20 && self != 0x09) || self == 0x7F }
}
