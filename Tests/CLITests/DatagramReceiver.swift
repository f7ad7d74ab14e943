import Glibc
import TestSupport
import Testing

/// A datagram socket in the place of a daemon's.
final class DatagramReceiver {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    private let scratch: ScratchDirectory

    var path: String { scratch.path("socket") }

    init() throws {
        scratch = try ScratchDirectory()
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(scratch.path("socket").utf8)) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(status == 0)
    }

    deinit { close(socket) }
}
