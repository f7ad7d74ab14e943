#if canImport(Glibc)
    import Glibc
#endif

extension HeldDirectory {
    /// Removes all members, as far as they are on this file system and in directories of the same owner as this one.
    ///
    /// A directory of another owner that is not empty makes it fail: its content may have been moved here.
    ///
    /// - Throws: ``HostError``.
    public func empty() throws { try empty(status().identity, depth: 0) }

    private func empty(_ own: FileIdentity, depth: Int) throws {
        guard depth < 64 else { throw HostError.malformed(path, reason: "it is too deep to be removed") }
        for name in try names() {
            guard try status(of: name)?.isDirectory == true else {
                try remove(name)
                continue
            }
            let below = try directory(name)
            let found = try below.status().identity
            if found.uid == own.uid, found.device == own.device { try below.empty(own, depth: depth + 1) }
            try removeDirectory(name)
        }
    }
}
