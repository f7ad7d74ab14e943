internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Sends entries to systemd's journal by its native protocol, a datagram for each.
///
/// It never waits: a full queue of the journal must not hold up a run.
package final class JournalSocket: Sendable {
    package static let defaultPath = "/run/systemd/journal/socket"

    private let socket: Descriptor
    private let path: String

    /// Nil where no socket is at the path.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK,
            path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path)
        else { return nil }
        let number = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return nil }
        socket = Descriptor(owning: number)
        self.path = path
    }

    /// Sends an entry; answers whether it was taken.
    ///
    /// - Parameter fields: names of capital letters, digits and underscores, with their values.
    package func send(_ fields: [(name: String, value: String)]) -> Bool {
        let bytes = fields.flatMap { Self.encoded($0.name, $0.value) }
        return withAddress { address, length in
            let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
            if sendto(socket.number, bytes, bytes.count, flags, address, length) == bytes.count { return true }
            // A datagram has the size of the socket's buffer at most: a longer entry goes as a sealed file.
            guard errno == EMSGSIZE || errno == ENOBUFS else { return false }
            return linux_send_sealed(socket.number, address, length, bytes, bytes.count) == 0
        }
    }

    /// "NAME=value" on a line; a value of several lines has its length in front, in eight bytes.
    static func encoded(_ name: String, _ value: String) -> [UInt8] {
        let value = Array(value.utf8)
        guard value.contains(UInt8(ascii: "\n")) else { return Array("\(name)=".utf8) + value + Array("\n".utf8) }
        let length = withUnsafeBytes(of: UInt64(value.count).littleEndian, Array.init)
        return Array("\(name)\n".utf8) + length + value + Array("\n".utf8)
    }

    private func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
