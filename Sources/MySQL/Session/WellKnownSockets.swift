import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Where servers put their socket when neither an option nor an option file says it.
enum WellKnownSockets {
    /// Debian's, RHEL's and the vendors' packages, SUSE's, the vendors' archives and builds from source.
    static let paths = [
        "/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/run/mysql/mysql.sock", "/tmp/mysql.sock",
    ]

    /// Those that exist and belong to root, the invoking user or a server's account: in `/tmp` any user may have made
    /// one.
    static func present(among paths: [String] = paths) -> [String] { paths.filter(isTrusted) }

    private static func isTrusted(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        return PeerProof.accounts.contains(status.st_uid)
    }
}
