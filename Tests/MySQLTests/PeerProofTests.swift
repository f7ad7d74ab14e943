import Foundation
import Glibc
import Host
import TestSupport
import Testing

@testable import MySQL

extension HeldSocket {
    /// Connects to it as the client library does, by its path.
    fileprivate func connect() throws {
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(client) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        try withUnsafePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                try #require(Glibc.connect(client, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0)
            }
        }
    }
}

/// Another user listens where the server should; needs root, to be another user.
@Suite(.enabled(if: geteuid() == 0, "a listener of another user needs root"))
struct PeerProofTests {
    private static let nobody: UInt32 = 65_534

    /// A listening socket that belongs to another user.
    // @unchecked: it does not change after the initialiser.
    private final class Stranger: @unchecked Sendable {
        private let socket: Int32
        var port: UInt16 = 0

        init(family: Int32, path: String? = nil, listens: Bool = true) throws {
            socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            try #require(socket >= 0)
            if let path { try bindLocal(path) } else { try bindLoopback() }
            if listens { try #require(listen(socket, 1) == 0) }
            // The kernel tells the owner of the socket's inode.
            try #require(fchown(socket, PeerProofTests.nobody, gid_t(PeerProofTests.nobody)) == 0)
        }

        deinit { close(socket) }

        /// A client, or -1.
        func accepted() -> Int32 { accept(socket, nil, nil) }

        /// Whether a client has come.
        var wasCalled: Bool {
            let client = accepted()
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
        // No program listens on 127.0.0.2: a connection reaches no stranger.
        #expect(await isRefused(options) == (host != "127.0.0.2"))
        #expect(!stranger.wasCalled)
    }

    /// It could listen as soon as it has been looked at.
    @Test func `a port without a listener is not called`() throws {
        let stranger = try Stranger(family: AF_INET, listens: false)
        let options = ConnectionOptions(host: "127.0.0.1", port: UInt32(stranger.port))
        #expect {
            _ = try PeerProof(options, ClientOptions()).prove()
        } throws: { error in
            (error as? MySQLError)?.number == 2003
        }
    }

    @Test func `the address that was looked at is called, not the name`() throws {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(server) }
        // A socket of this process, at a port that the kernel chooses.
        try #require(listen(server, 1) == 0)
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try #require(getsockname(server, $0, &length) == 0)
            }
        }
        for host in ["127.1", "0x7f000001", "2130706433"] {
            let options = ConnectionOptions(host: host, port: UInt32(UInt16(bigEndian: address.sin_port)))
            #expect(try PeerProof(options, ClientOptions()).prove().host == "127.0.0.1")
        }
    }

    private func directory(_ mode: mode_t) throws -> String {
        // Not in /tmp, where everybody can write.
        var template = Array("/run/lvmbackup-peer-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        try #require(chmod(directory, mode) == 0)
        return directory
    }

    @Test(.timeLimit(.minutes(1))) func `a server whose greeting never ends is not waited for`() async throws {
        let place = try directory(0o700)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let server = try Stranger(family: AF_UNIX, path: place + "/mysql.sock")
        try #require(chown(place + "/mysql.sock", 0, 0) == 0)
        let greeting = Task.detached {
            var client: Int32 = -1
            while client < 0, !Task.isCancelled { client = server.accepted() }
            // The length of a packet, which comes byte by byte.
            var byte: UInt8 = 10
            while !Task.isCancelled, send(client, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(50_000) }
            close(client)
        }
        var options = ConnectionOptions(defaultsFile: "/dev/null", socket: place + "/mysql.sock")
        (options.timeout, options.patience) = (.seconds(1), .seconds(1))
        await #expect {
            _ = try await Session.open(options)
        } throws: { error in
            (error as? MySQLError)?.number == 2013
        }
        greeting.cancel()
    }

    @Test func `a socket that is put in the place of the proven one is not called`() throws {
        let place = try directory(0o777)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let path = place + "/mysql.sock"
        let server = try Stranger(family: AF_UNIX, path: path)
        try #require(chown(path, 0, 0) == 0)
        let proven = try PeerProof(ConnectionOptions(socket: path), ClientOptions()).prove()
        try #require(rename(path, path + ".old") == 0)
        let stranger = try Stranger(family: AF_UNIX, path: path)
        try #require(proven.socket).connect()
        #expect(server.wasCalled)
        #expect(!stranger.wasCalled)
    }

    @Test func `a socket that is missing is not looked for a second time`() throws {
        #expect {
            _ = try PeerProof(ConnectionOptions(socket: "/nonexistent/mysql.sock"), ClientOptions()).prove()
        } throws: { error in
            (error as? MySQLError)?.missingSocket == "/nonexistent/mysql.sock"
        }
    }

    @Test(arguments: ["link", "directory/mysql.sock"])
    func `a stranger's link to a stranger's socket is refused`(name: String) async throws {
        let (place, own) = (try directory(0o755), try directory(0o755))
        defer { for path in [place, own] { try? FileManager.default.removeItem(atPath: path) } }
        for path in [place, own] { try #require(chown(path, Self.nobody, Self.nobody) == 0) }
        let stranger = try Stranger(family: AF_UNIX, path: own + "/mysql.sock")
        try #require(symlink(own + "/mysql.sock", place + "/link") == 0 && symlink(own, place + "/directory") == 0)
        for link in ["/link", "/directory"] {
            try #require(lchown(place + link, Self.nobody, Self.nobody) == 0)
        }
        let options = ConnectionOptions(defaultsFile: "/dev/null", password: "s3cret", socket: place + "/" + name)
        #expect(await isRefused(options))
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

    /// Any user can take a free name.
    @Test func `a stranger behind a name without a file is not called`() async throws {
        let name = "lvmbackup-\(UUID().uuidString)"
        let script = """
            use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); bind(S, pack("Sa*", AF_UNIX, "\\0$ARGV[0]")) or die; \
            listen(S, 4); $SIG{PIPE} = "IGNORE"; while (accept(C, S)) { send(C, "x", 0); close(C); }
            """
        var plan = IsolatedProcess.Plan("perl", ["-e", script, name])
        plan.user = Command.User(uid: Self.nobody, gid: Self.nobody)
        let stranger = try IsolatedProcess(plan)
        let options = ConnectionOptions(defaultsFile: "/dev/null", password: "s3cret", socket: "@" + name)
        // It listens when its program has begun.
        #expect(try await eventually { (try? AbstractSocket.listener(at: "@" + name)) != nil })
        #expect(try AbstractSocket.listener(at: "@" + name).uid == Self.nobody)
        #expect(await isRefused(options))
        await stranger.terminate()
        #expect {
            _ = try PeerProof(options, ClientOptions()).prove()
        } throws: { error in
            (error as? MySQLError)?.missingSocket == "@" + name
        }
    }
}
