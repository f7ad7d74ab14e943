internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A connection to a local socket, by which nothing is sent.
struct LocalConnection {
    private let descriptor: Descriptor
    private let name: String

    /// - Parameters:
    ///   - address: a path, or a null byte and a name.
    ///   - name: for messages.
    /// - Throws: ``HostError``, also where no process listens.
    init(to address: [UInt8], _ name: String) throws {
        self.name = name
        var place = sockaddr_un()
        place.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: place.sun_path)
        guard address.count <= room else { throw HostError.systemCall("connect", on: name, errno: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &place.sun_path) { $0.copyBytes(from: address) }
        let size = MemoryLayout<sockaddr_un>.size - room + address.count
        // A listener that takes no more connections would keep a blocking call for ever.
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        descriptor = Descriptor(owning: socket(AF_UNIX, Int32(type), 0))
        guard descriptor.number >= 0 else { throw HostError.last("socket", name) }
        let status = withUnsafePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor.number, $0, socklen_t(size))
            }
        }
        guard status == 0 else { throw HostError.last("connect", name) }
    }

    /// The process that listens.
    ///
    /// - Throws: ``HostError``.
    func listener() throws -> PeerCredentials {
        guard let listener = PeerCredentials(of: descriptor.number) else { throw HostError.last("getsockopt", name) }
        return listener
    }
}
