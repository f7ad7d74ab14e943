import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The process or machine at the other end of a session's socket.
enum SessionPeer: Equatable, Sendable {
    /// The process that listens on a local socket, as SO_PEERCRED names it; 0 from another pid namespace.
    case local(pid: Int32)
    /// TCP to an address of this machine.
    case thisHost
    /// TCP to another machine.
    case elsewhere

    init(socket: Int32) {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) == 0 }
        }
        if isKnown, Int32(address.ss_family) == AF_UNIX, let credentials = PeerCredentials(of: socket) {
            self = .local(pid: credentials.pid)
        } else {
            self = Self.sharesAddress(socket) ? .thisHost : .elsewhere
        }
    }

    /// The path that the other end of a local socket was bound to, as it was bound; nil for none.
    ///
    /// A name without a file begins with "@", as in `/proc/net/unix`.
    static func address(of socket: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(socket, $0, &length) }
        }
        guard status == 0, Int32(address.sun_family) == AF_UNIX else { return nil }
        let size = Int(length) - MemoryLayout<sa_family_t>.size
        let name = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix(max(0, size))) }
        let isAbstract = name.count > 1 && name[0] == 0
        let bytes = isAbstract ? [UInt8(ascii: "@")] + name.dropFirst() : Array(name.prefix { $0 != 0 })
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// A connection to an address of one's own machine has that address at both ends.
    private static func sharesAddress(_ socket: Int32) -> Bool {
        let ends = [getsockname, getpeername].map { call in host(of: socket, call) }
        return ends[0] != nil && ends[0] == ends[1]
    }

    private typealias Question = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    private static func host(of socket: Int32, _ ask: Question) -> String? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer -> Int32 in
                guard ask(socket, pointer, &length) == 0 else { return -1 }
                return getnameinfo(pointer, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
            }
        }
        guard status == 0 else { return nil }
        return String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
