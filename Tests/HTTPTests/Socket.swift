import Glibc

/// A TCP socket, closed with its last reference.
final class Socket: Sendable {
    struct Failure: Error {
        let call: String
        let errno: Int32
    }

    let number: Int32

    private init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// A socket with a port of 127.0.0.1 that no other socket gets; connections are refused until it listens.
    static func bound() throws -> Socket {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw Failure(call: "socket", errno: errno) }
        let socket = Socket(number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) }
        }
        guard status == 0 else { throw Failure(call: "bind", errno: errno) }
        return socket
    }

    func port() throws -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(number, $0, &length) }
        }
        guard status == 0 else { throw Failure(call: "getsockname", errno: errno) }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Waits for the next connection; nil where the socket was shut.
    func accept() -> Socket? {
        let connection = Glibc.accept(number, nil, nil)
        return connection < 0 ? nil : Socket(connection)
    }

    /// Waits for bytes; nil at the end.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(number, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    func waitForEnd() { while receive() != nil {} }

    /// A client that goes before it has everything is no failure.
    func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
