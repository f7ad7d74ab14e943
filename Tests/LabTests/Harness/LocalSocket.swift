import Foundation
import Testing

/// Sockets of the local kind, blocking.
enum LocalSocket {
    static func listening(at path: String) throws -> Int32 {
        try make(path, "listen") { bind($0, $1, $2) == 0 && listen($0, 16) == 0 }
    }

    static func connected(to path: String) throws -> Int32 {
        try make(path, "connect") { connect($0, $1, $2) == 0 }
    }

    private static func make(
        _ path: String,
        _ what: String,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> Int32 {
        let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isDone = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(isDone, "\(what) \(path): \(String(cString: strerror(errno)))")
        return number
    }

    /// So many bytes; nil where they don't come.
    static func read(_ count: Int, from socket: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let piece = readSome(from: socket, atMost: count - bytes.count) else { return nil }
            bytes += piece
        }
        return bytes
    }

    /// The bytes that have arrived; nil at the end.
    static func readSome(from socket: Int32, atMost limit: Int = 65_536) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = recv(socket, &bytes, limit, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(socket, buffer.baseAddress! + sent, buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}
