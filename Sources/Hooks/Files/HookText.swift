import Host

/// The text of Lua files, read from files that others cannot change.
enum HookText {
    /// The directory's path without links.
    ///
    /// - Throws: ``HookError/unsafe(_:reason:repair:)``, ``HookError/unreadable(_:reason:)``, `HostError`.
    static func directory(_ path: String) throws -> String {
        do { return try TrustedFile.directory(path) } catch let refusal as TrustedFile.Refusal {
            throw HookError(refusal)
        }
    }

    /// Reads a regular file of Lua's text.
    ///
    /// - Throws: ``HookError/unsafe(_:reason:repair:)``, ``HookError/unreadable(_:reason:)``.
    static func read(_ path: String) throws -> String {
        let bytes: [UInt8]
        do { bytes = try TrustedFile.read(path) } catch let refusal as TrustedFile.Refusal {
            throw HookError(refusal)
        }
        if bytes.first == 0x1b { throw HookError.unreadable(path, reason: "it is bytecode; only Lua text is run") }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
            throw HookError.unreadable(path, reason: "it begins with a byte order mark: save it as UTF-8 without one")
        }
        if bytes.starts(with: Array("#!".utf8)) {
            throw HookError.unreadable(path, reason: "it is no program: leave out its first line, which begins with #!")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
            throw HookError.unreadable(path, reason: "its line \(line) is not UTF-8")
        }
        return text
    }
}

extension HookError {
    fileprivate init(_ refusal: TrustedFile.Refusal) {
        switch refusal {
        case .untrusted(let path, let reason, let repair): self = .unsafe(path, reason: reason, repair: repair)
        case .unreadable(let path, let reason): self = .unreadable(path, reason: reason)
        }
    }
}
