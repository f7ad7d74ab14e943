import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Proves, before a password is sent, that the place of a connection is not a stranger's.
///
/// While the server is down, any user of the machine can listen on its port, or put a socket into `/tmp`. Connector/C
/// then sends a password of `caching_sha2_password` encrypted with the key of the server that asks.
struct PeerProof {
    /// The accounts that may stand for the server wherever others can listen: root, the invoking user, and those of the
    /// packages.
    static var accounts: Set<UInt32> {
        let names: [String] = ["mysql", "mariadb"]
        return Set([0, geteuid()] + names.compactMap { getpwnam($0)?.pointee.pw_uid })
    }

    private let options: ConnectionOptions
    private let tls: ClientOptions.TLS

    init(_ options: ConnectionOptions, _ client: ClientOptions) {
        self.options = options
        tls = client.tls
    }

    /// - Throws: ``MySQLError/peer(_:reason:)``, `HostError`.
    func check() throws {
        if let host = options.host, host != "localhost" {
            // The client library then refuses a server without TLS, too (measured, Connector/C 3.3).
            if tls.verifiesServer != true { try check(host, UInt16(clamping: options.port ?? Self.defaultPort)) }
        } else if let socket = options.socket {
            try check(socket: socket)
        }
    }

    static let defaultPort: UInt32 = 3306

    // MARK: TCP

    private func check(_ host: String, _ port: UInt16) throws {
        for address in try Self.addresses(of: host) {
            guard address.isLoopback || Self.ownAddresses().contains(address) else {
                throw unproven("it is another machine's, or one of another network namespace")
            }
            let strangers = try ListeningSockets.accounts(at: address, port: port).subtracting(Self.accounts)
            guard strangers.isEmpty else {
                throw unproven("\(strangers.sorted().map { "user \($0)" }.joined(separator: " and ")) listens there")
            }
        }
    }

    /// None where the name is not known: the client library says so.
    private static func addresses(of host: String) throws -> [ListeningSockets.Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        return sequence(first: found, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { entry in entry?.pointee.ai_addr.flatMap { ListeningSockets.Address($0) } }
    }

    private static func ownAddresses() -> [ListeningSockets.Address] {
        var found: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&found) == 0 else { return [] }
        defer { freeifaddrs(found) }
        return sequence(first: found, next: { $0?.pointee.ifa_next }).prefix { $0 != nil }
            .compactMap { entry in entry?.pointee.ifa_addr.flatMap { ListeningSockets.Address($0) } }
    }

    // MARK: Local sockets

    /// In a directory that only its owner can write to, the socket is the one that the operator means; elsewhere its owner
    /// has to be an account that may stand for the server.
    private func check(socket path: String) throws {
        var status = stat()
        // A missing one is the client library's to report.
        guard stat(path, &status) == 0 else { return }
        let owner = status.st_uid
        guard !Self.accounts.contains(owner) else { return }
        for directory in try Self.ancestors(of: FileSystem.realPath(path)) {
            guard stat(directory, &status) == 0 else { throw unproven("\"\(directory)\" cannot be looked at") }
            guard [0, geteuid(), owner].contains(status.st_uid), status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
                throw unproven("user \(owner) owns it, and others can write to \"\(directory)\"")
            }
        }
    }

    private static func ancestors(of path: String) -> [String] {
        var directory = path
        var directories: [String] = []
        while let slash = directory.lastIndex(of: "/") {
            directory = String(directory[..<slash])
            directories.append(directory.isEmpty ? "/" : directory)
        }
        return directories
    }

    private func unproven(_ reason: String) -> MySQLError { .peer(options.description, reason: reason) }
}
