import Foundation
import Glibc
import Synchronization
import Testing

@testable import MySQL

/// A listener that speaks the protocol of MySQL to one client, and keeps all that the client sends.
///
/// The packets are those of "Client/Server Protocol" in the manual of MySQL's sources.
final class ForgedServer: Sendable {
    /// One connection.
    struct Exchange: Sendable {
        fileprivate let socket: Int32
        fileprivate let received: @Sendable ([UInt8]) -> Void

        /// Sends one packet.
        func send(_ payload: [UInt8], number: UInt8) {
            let size = payload.count
            let packet = [UInt8(size & 0xff), UInt8(size >> 8), 0, number] + payload
            _ = Glibc.send(socket, packet, packet.count, Int32(MSG_NOSIGNAL))
        }

        /// The client's next packet; nil where it has hung up, or says nothing for five seconds.
        @discardableResult
        func receive() -> [UInt8]? {
            guard let head = read(4) else { return nil }
            guard let payload = read(Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16) else { return nil }
            received(payload)
            return payload
        }

        private func read(_ count: Int) -> [UInt8]? {
            var bytes: [UInt8] = []
            while bytes.count < count {
                var buffer = [UInt8](repeating: 0, count: count - bytes.count)
                let got = recv(socket, &buffer, buffer.count, 0)
                guard got > 0 else { return nil }
                bytes += buffer.prefix(got)
            }
            return bytes
        }
    }

    let path: String
    private let packets = Mutex<[[UInt8]]>([])
    private let isOver = Mutex(false)

    /// - Parameter script: the server's part, on a thread of its own.
    init(in directory: ScratchDirectory, _ script: @escaping @Sendable (Exchange) -> Void) throws {
        path = directory.path + "/sock"
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 && listen(listener, 1) == 0
            }
        }
        try #require(isBound)
        Thread { [self] in
            let client = accept(listener, nil, nil)
            close(listener)
            var limit = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            script(Exchange(socket: client) { [self] packet in packets.withLock { $0.append(packet) } })
            close(client)
            isOver.withLock { $0 = true }
        }.start()
    }

    /// All that the client has sent, when the script is over.
    func received() async throws -> [[UInt8]] {
        for _ in 0..<1000 where !isOver.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(20)) }
        #expect(isOver.withLock { $0 }, "the script of the forged server does not end")
        return packets.withLock { $0 }
    }

    // MARK: Packets

    private static let scramble: [UInt8] = Array("0123456789abcdefghij".utf8)

    /// A greeting of a server that knows local files and authentication plug-ins.
    static func greeting(_ plugin: String) -> [UInt8] {
        var packet: [UInt8] = [10]
        packet += Array("10.11.6-MariaDB".utf8)
        packet += [0, 7, 0, 0, 0]
        packet += scramble.prefix(8)
        packet += [0, 0x85, 0xa2, 45, 2, 0, 8, 0, 21]
        packet += [UInt8](repeating: 0, count: 10)
        packet += scramble.dropFirst(8)
        packet += [0] + Array(plugin.utf8) + [0]
        return packet
    }

    /// A demand for another plug-in.
    static func demand(_ plugin: String) -> [UInt8] {
        var packet: [UInt8] = [0xfe]
        packet += Array(plugin.utf8) + [0]
        packet += scramble + [0]
        return packet
    }

    static let ok: [UInt8] = [0, 0, 0, 2, 0, 0, 0]
}
