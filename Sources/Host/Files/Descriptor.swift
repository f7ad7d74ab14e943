internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A file descriptor that is closed with its owner.
///
/// Always close-on-exec, so that no child gets it by accident.
package final class Descriptor: Sendable {
    package let number: Int32

    init(owning number: Int32) { self.number = number }

    deinit { close(number) }

    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0o600) throws -> Descriptor {
        let number = Glibc.open(path, flags | O_CLOEXEC, mode)
        guard number >= 0 else { throw HostError.last("open", path) }
        return Descriptor(owning: number)
    }

    static func pipe() throws -> (read: Descriptor, write: Descriptor) {
        var ends: [Int32] = [0, 0]
        guard linux_pipe(&ends) == 0 else { throw HostError.last("pipe", "a pipe") }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Two connected stream sockets.
    static func socketPair() throws -> (Descriptor, Descriptor) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw HostError.last("socketpair", "a socket") }
        return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    }

    /// Writes one byte, to wake up the thread that polls the other end.
    func poke() {
        var byte: UInt8 = 1
        _ = Glibc.write(number, &byte, 1)
    }

    /// Writes all of it: a full disk reports the error only at the next write.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; some of it may be written then.
    package func write(_ bytes: [UInt8], _ path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw HostError.last("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    func setNonBlocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }
}
