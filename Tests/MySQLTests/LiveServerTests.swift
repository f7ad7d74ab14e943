import Glibc
import Host
import TestSupport
import Testing

@testable import MySQL

/// The test's own process plays the server.
@Suite struct LiveServerTests {
    private let scratch: ScratchDirectory
    private let openFile: String

    init() throws {
        scratch = try ScratchDirectory()
        openFile = try scratch.write([1], to: "ibdata1")
    }

    private func process(behind socket: Int32) throws -> Int32? {
        try LiveServer(openFiles: [openFile]).process(behind: socket)
    }

    @Test func `a process that holds the data's files and answers on the socket is the server`() throws {
        let file = try HeldFile(openFile)
        let ends = try Ends.local(at: scratch.path + "/sock")
        #expect(try process(behind: ends.client) == getpid())
        withExtendedLifetime(file) {}
    }

    @Test func `a process that answers on the socket without the data's files is not the server`() throws {
        let ends = try Ends.local(at: scratch.path + "/sock")
        #expect(try process(behind: ends.client) == nil)
    }

    @Test func `the server behind a TCP port of this host is found by the other end of the connection`() throws {
        let ends = try Ends.loopback()
        #expect(try process(behind: ends.client) == nil)
        let file = try HeldFile(openFile)
        #expect(try process(behind: ends.client) == getpid())
        withExtendedLifetime(file) {}
    }

    /// The system's first process, which made the socket for a server that it started, is a process of root.
    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `behind a socket of root's the server is the process that holds the data's files`() async throws {
        let ends = try Ends.local(at: scratch.path + "/sock")
        var plan = IsolatedProcess.Plan("sh", ["-c", "exec 7<\(openFile); exec sleep 30"])
        plan.user = .init(uid: 65534, gid: 65534)
        chmod(scratch.path, 0o755)
        chmod(openFile, 0o644)
        let server = try IsolatedProcess(plan)
        #expect(try await eventually { ProcessTable().command(of: server.pid) == "sleep" })
        #expect(try process(behind: ends.client) == server.pid)
        await server.terminate()
        #expect(try process(behind: ends.client) == nil)
    }
}

/// Both ends of a connection, and the socket that listens.
private final class Ends {
    let client: Int32
    private let others: [Int32]

    private init(_ client: Int32, _ others: [Int32]) { (self.client, self.others) = (client, others) }

    deinit { for number in [client] + others { close(number) } }

    static func local(at path: String) throws -> Ends {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        try #require(bytes.count < 100)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return try connected(AF_UNIX, &address)
    }

    static func loopback() throws -> Ends {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try connected(AF_INET, &address)
    }

    private static func connected<Address>(_ family: Int32, _ address: inout Address) throws -> Ends {
        let type = Int32(SOCK_STREAM.rawValue)
        let (listener, client) = (socket(family, type, 0), socket(family, type, 0))
        var size = socklen_t(MemoryLayout<Address>.size)
        let isConnected = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &size) == 0
                    && connect(client, $0, size) == 0
            }
        }
        try #require(isConnected)
        return Ends(client, [listener, accept(listener, nil, nil)])
    }
}
