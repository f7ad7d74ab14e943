#if canImport(Glibc)
    import Glibc
#endif

extension HeldDirectory {
    /// Removes all members, as far as they are on this file system and in directories of the same owner as this one.
    ///
    /// Each directory is first made root's, because its owner may be adding to it at that very moment. Nested
    /// directories are moved up before they are emptied, so that any depth works. A directory of another owner that is
    /// not empty makes it fail: its content may have been moved here.
    ///
    /// - Throws: ``HostError``.
    package func empty() throws {
        let own = try status().identity
        try take()
        var names = try names()
        while !names.isEmpty {
            for name in names { try clear(name, own) }
            names = try self.names()
        }
    }

    private func clear(_ name: FileName, _ own: FileIdentity) throws {
        guard try status(of: name)?.isDirectory == true else { return try remove(name) }
        let below = try directory(name)
        let found = try below.status().identity
        if found.uid == own.uid, found.device == own.device { try below.moveUp(to: self) }
        try removeDirectory(name)
    }

    /// Removes the members; directories go to another one of the same file system, under new names.
    private func moveUp(to top: HeldDirectory) throws {
        try take()
        for name in try names() {
            guard try status(of: name)?.isDirectory == true else {
                try remove(name)
                continue
            }
            let free = FileName("moved-\(UInt64.random(in: .min ... .max))")
            let result = name.withCString { old in
                free.withCString { renameat(number, old, top.number, $0) }
            }
            guard result == 0 else { throw HostError.last("rename", "\(path)/\(name)") }
        }
    }

    private func take() throws {
        try setOwner(uid: geteuid(), gid: getegid())
        try setMode(0o700)
    }
}
