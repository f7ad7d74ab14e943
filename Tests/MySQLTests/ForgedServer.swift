import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import MySQL

/// A listener that speaks the protocol of MySQL to one client, and keeps all that the client sends.
///
/// The packets are those of "Client/Server Protocol" in the manual of MySQL's sources.
// @unchecked: place and port do not change after the initialiser.
final class ForgedServer: @unchecked Sendable {
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

    /// Where it listens.
    enum Place {
        case file(ScratchDirectory)
        /// A name without a file.
        case abstract
        case loopback
    }

    /// Of a local socket.
    private(set) var path = ""
    /// Of a TCP socket.
    private(set) var port: UInt32 = 0
    private let packets = Mutex<[[UInt8]]>([])
    private let isOver = Mutex(false)

    convenience init(in directory: ScratchDirectory, _ script: @escaping @Sendable (Exchange) -> Void) throws {
        try self.init(at: .file(directory), script)
    }

    /// - Parameters:
    ///   - calls: how many clients come.
    ///   - script: the server's part, on a thread of its own.
    init(at place: Place, calls: Int = 1, _ script: @escaping @Sendable (Exchange) -> Void) throws {
        let listener: Int32
        switch place {
        case .file(let directory):
            path = directory.path + "/sock"
            listener = try Self.local(Array(path.utf8))
        case .abstract:
            path = "@lvmbackup-\(UUID().uuidString)"
            listener = try Self.local([0] + path.utf8.dropFirst())
        case .loopback: (listener, port) = try Self.loopback()
        }
        Thread { [self] in
            for _ in 0..<calls { answer(listener, script) }
            close(listener)
            isOver.withLock { $0 = true }
        }.start()
    }

    private func answer(_ listener: Int32, _ script: (Exchange) -> Void) {
        // A client that looks who listens hangs up without a word.
        let client = accept(listener, nil, nil)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        script(Exchange(socket: client) { [self] packet in packets.withLock { $0.append(packet) } })
        close(client)
    }

    private static func local(_ name: [UInt8]) throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 4) == 0
            }
        }
        try #require(isBound)
        return listener
    }

    private static func loopback() throws -> (Int32, UInt32) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(bind(listener, $0, length) == 0 && listen(listener, 4) == 0)
                try #require(getsockname(listener, $0, &length) == 0)
            }
        }
        return (listener, UInt32(UInt16(bigEndian: address.sin_port)))
    }

    /// All that the client has sent, when the script is over.
    func received() async throws -> [[UInt8]] {
        #expect(
            try await eventually(within: .seconds(20)) { isOver.withLock { $0 } },
            "the script of the forged server does not end"
        )
        return packets.withLock { $0 }
    }

    // MARK: Packets

    private static let scramble: [UInt8] = Array("0123456789abcdefghij".utf8)

    /// A greeting of a server that knows local files and authentication plug-ins.
    static func greeting(_ plugin: String, offersTLS: Bool = false) -> [UInt8] {
        var packet: [UInt8] = [10]
        packet += Array("10.11.6-MariaDB".utf8)
        packet += [0, 7, 0, 0, 0]
        packet += scramble.prefix(8)
        packet += [0, 0x85, offersTLS ? 0xaa : 0xa2, 45, 2, 0, 8, 0, 21]
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

    /// A refusal.
    static func error(_ number: UInt16) -> [UInt8] {
        [0xff, UInt8(number & 0xff), UInt8(number >> 8)] + Array("#HY000refused".utf8)
    }
}
