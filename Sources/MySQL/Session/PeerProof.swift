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

    /// The checked place to connect to, even if another program has taken its path or name since.
    struct Place {
        var host: String?
        var socket: HeldSocket?
        /// A name such as "@mysql".
        var abstractSocket: String?
        /// A path of the socket, valid as long as this value lives.
        var path: String? { socket?.path ?? abstractSocket }
    }

    /// - Throws: ``MySQLError/peer(_:reason:)``; ``MySQLError/connection(to:number:message:)`` where there is no server;
    ///   `HostError`.
    func prove() throws -> Place {
        if let host = options.host, host != "localhost" {
            // The client library then refuses a server without TLS, too (measured, Connector/C 3.3).
            if tls.verifiesServer == true { return Place(host: host) }
            return Place(host: try prove(host, UInt16(clamping: options.port ?? Self.defaultPort)))
        }
        if options.isAbstract, let name = options.socket {
            return Place(host: options.host, abstractSocket: try prove(abstractSocket: name))
        }
        return Place(host: options.host, socket: try options.socket.map { try prove(socket: $0) })
    }

    static let defaultPort: UInt32 = 3306

    // MARK: TCP

    /// - Returns: the address to call. The name could have another one the next time.
    private func prove(_ host: String, _ port: UInt16) throws -> String {
        let addresses = try Self.addresses(of: host)
        guard !addresses.isEmpty else { throw missing(2005, "Unknown server host '\(host)'") }
        var called: ListeningSockets.Address?
        for address in addresses {
            guard address.isLoopback || Self.ownAddresses().contains(address) else {
                throw unproven("it is another machine's, or one of another network namespace")
            }
            let listeners = try ListeningSockets.accounts(at: address, port: port)
            let strangers = listeners.subtracting(Self.accounts)
            guard strangers.isEmpty else {
                throw unproven("\(strangers.sorted().map { "user \($0)" }.joined(separator: " and ")) listens there")
            }
            if !listeners.isEmpty, called == nil { called = address }
        }
        // Where no program listens now, a stranger may in a moment.
        guard let called else { throw missing(2003, "no server listens on port \(port) of \"\(host)\"") }
        return called.text
    }

    /// Empty where the name is not known.
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

    /// In a directory that only its owner can write to, the socket is trusted.
    ///
    /// Elsewhere its owner has to be an account that may stand for the server.
    private func prove(socket path: String) throws -> HeldSocket {
        let socket: HeldSocket
        do { socket = try HeldSocket(following: path) } catch HostError.systemCall(_, _, let errno) {
            // In the client library's words. The library itself could find a socket that was put there since.
            throw missing(2002, "Can't connect to local server through socket '\(path)' (\(errno))")
        }
        return try Self.accounts.contains(socket.owner) ? socket : prove(ofStranger: path)
    }

    /// Any user can take the name while the server is down: the account that listens decides.
    private func prove(abstractSocket name: String) throws -> String {
        let listener: PeerCredentials
        do { listener = try AbstractSocket.listener(at: name) } catch HostError.systemCall(_, _, let errno) {
            throw missing(2002, "Can't connect to local server through socket '\(name)' (\(errno))")
        }
        try prove(listener)
        return name
    }

    /// Checks the end of a connection to an abstract socket: another program may have taken the name since.
    ///
    /// - Throws: ``MySQLError/peer(_:reason:)``.
    func prove(connection: Int32) throws {
        guard let listener = PeerCredentials(of: connection) else { throw unproven("it is no local socket") }
        try prove(listener)
    }

    private func prove(_ listener: PeerCredentials) throws {
        guard Self.accounts.contains(listener.uid) else { throw unproven("user \(listener.uid) listens there") }
    }

    private func prove(ofStranger path: String) throws -> HeldSocket {
        let followed: FollowedPath
        do { followed = try FollowedPath(path) } catch HostError.malformed(_, let reason) { throw unproven(reason) }
        let socket = try HeldSocket(followed.name, in: followed.directory)
        let owner = try socket.owner
        var status = stat()
        for directory in Self.ancestors(of: followed.directory.path + "/.") {
            guard stat(directory, &status) == 0 else { throw unproven("\"\(directory)\" cannot be looked at") }
            guard [0, geteuid(), owner].contains(status.st_uid), status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
                throw unproven("user \(owner) owns it, and others can write to \"\(directory)\"")
            }
        }
        return socket
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

    private func missing(_ number: UInt32, _ message: String) -> MySQLError {
        .connection(to: options.description, number: number, message: message)
    }

    private func unproven(_ reason: String) -> MySQLError { .peer(options.description, reason: reason) }
}
