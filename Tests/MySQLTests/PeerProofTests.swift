import Foundation
import Glibc
import Testing

@testable import MySQL

/// Another user listens where the server should; needs root, to be another user.
@Suite(.enabled(if: geteuid() == 0, "a listener of another user needs root"))
struct PeerProofTests {
    private static let nobody: UInt32 = 65_534

    /// A listening socket that belongs to another user.
    private final class Stranger {
        private let socket: Int32
        var port: UInt16 = 0

        init(family: Int32, path: String? = nil) throws {
            socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            try #require(socket >= 0)
            if let path { try bindLocal(path) } else { try bindLoopback() }
            try #require(listen(socket, 1) == 0)
            // The kernel tells the owner of the socket's inode.
            try #require(fchown(socket, PeerProofTests.nobody, gid_t(PeerProofTests.nobody)) == 0)
        }

        deinit { close(socket) }

        /// Whether a client has come.
        var wasCalled: Bool {
            let client = accept(socket, nil, nil)
            if client >= 0 { close(client) }
            return client >= 0
        }

        private func bindLoopback() throws {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    try #require(bind(socket, pointer, length) == 0)
                    try #require(getsockname(socket, pointer, &length) == 0)
                }
            }
            port = UInt16(bigEndian: address.sin_port)
        }

        private func bindLocal(_ path: String) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try withUnsafePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    try #require(bind(socket, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0)
                }
            }
            try #require(chown(path, PeerProofTests.nobody, gid_t(PeerProofTests.nobody)) == 0)
        }
    }

    /// Whether the session was refused before the stranger heard of it.
    private func isRefused(_ options: ConnectionOptions) async -> Bool {
        var options = options
        options.timeout = .seconds(1)
        do {
            _ = try await Session.open(options)
            return false
        } catch MySQLError.peer {
            return true
        } catch {
            return false
        }
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::ffff:127.0.0.1"])
    func `a stranger's port is not called`(host: String) async throws {
        let stranger = try Stranger(family: AF_INET)
        let options = ConnectionOptions(
            defaultsFile: "/dev/null",
            password: "s3cret",
            host: host,
            port: UInt32(stranger.port)
        )
        // Nothing listens on 127.0.0.2: calling it reaches no stranger.
        #expect(await isRefused(options) == (host != "127.0.0.2"))
        #expect(!stranger.wasCalled)
    }

    @Test func `another machine is not called without verified TLS`() async {
        let options = ConnectionOptions(defaultsFile: "/dev/null", password: "s3cret", host: "192.0.2.1")
        #expect(await isRefused(options))
    }

    @Test(
        arguments: [(0o777, true), (0o1777, true), (0o775, true), (0o755, false), (0o700, false)] as [(mode_t, Bool)]
    )
    func `a stranger's socket is called only where its owner alone can write`(
        mode: mode_t,
        refused: Bool
    ) async throws {
        // Not in /tmp, where everybody can write.
        var template = Array("/run/lvmbackup-peer-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try #require(chmod(directory, mode) == 0)
        let stranger = try Stranger(family: AF_UNIX, path: directory + "/mysql.sock")
        let options = ConnectionOptions(
            defaultsFile: "/dev/null",
            password: "s3cret",
            socket: directory + "/mysql.sock"
        )
        #expect(await isRefused(options) == refused)
        #expect(stranger.wasCalled == !refused)
    }
}
