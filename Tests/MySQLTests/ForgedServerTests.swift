import Foundation
import TestSupport
import Testing

@testable import MySQL

/// A server that tries to get at the password, or at files of the client's host.
@Suite struct ForgedServerTests {
    private static let password = "secret-5521-of-root"
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func open(_ server: ForgedServer) async throws {
        let options = ConnectionOptions(
            defaultsFile: "/dev/null",
            user: "backup",
            password: Self.password,
            socket: server.path
        )
        try await Session.open(options).close()
    }

    private func holds(_ packets: [[UInt8]], _ text: String) -> Bool {
        String(decoding: packets.joined(), as: UTF8.self).contains(text)
    }

    @Test(arguments: ["mysql_clear_password", "dialog", "mysql_old_password"], [true, false])
    func `no server that asks for a password in clear text gets one`(plugin: String, isAtOnce: Bool) async throws {
        let server = try ForgedServer(in: scratch) { client in
            client.send(ForgedServer.greeting(isAtOnce ? plugin : "mysql_native_password"), number: 0)
            guard client.receive() != nil else { return }
            client.send(ForgedServer.demand(plugin), number: 2)
            client.receive()
        }
        await #expect(throws: MySQLError.self) { try await open(server) }
        let packets = try await server.received()
        #expect(!holds(packets, Self.password))
        // The client came as far as its name, and hung up at the demand.
        if !isAtOnce { #expect(packets.count == 1 && holds(packets, "backup")) }
    }

    /// A proof of the password, not the password.
    @Test func `a server may ask for a plug-in that is no danger`() async throws {
        let server = try ForgedServer(in: scratch) { client in
            client.send(ForgedServer.greeting("mysql_native_password"), number: 0)
            client.receive()
            client.send(ForgedServer.demand("mysql_native_password"), number: 2)
            client.receive()
        }
        await #expect(throws: MySQLError.self) { try await open(server) }
        let packets = try await server.received()
        #expect(packets.count == 2 && packets.last?.count == 20)
        #expect(!holds(packets, Self.password))
    }

    @Test func `no server that asks for a file of the client gets it`() async throws {
        let canary = try scratch.write(Array("canary-5521\n".utf8), to: "canary")
        let server = try ForgedServer(in: scratch) { client in
            client.send(ForgedServer.greeting("mysql_native_password"), number: 0)
            client.receive()
            client.send(ForgedServer.ok, number: 2)
            // Any statement may be answered so.
            client.receive()
            client.send([0xfb] + Array(canary.utf8), number: 1)
            client.receive()
            client.receive()
        }
        await #expect(throws: MySQLError.self) { try await open(server) }
        let packets = try await server.received()
        #expect(!holds(packets, "canary-5521"))
        // The client asked, and answered the demand by an empty packet, if at all.
        #expect(packets.count >= 2 && packets.dropFirst(2).allSatisfy(\.isEmpty))
    }

    /// To a local socket, the client library sends the password as it is where the server asks for all of it.
    @Test(arguments: ["caching_sha2_password", "sha256_password"])
    func `a server behind a name without a file gets no password in clear text`(plugin: String) async throws {
        let server = try ForgedServer(at: .abstract, calls: 2) { client in
            client.send(ForgedServer.greeting(plugin), number: 0)
            guard client.receive() != nil else { return }
            // "Perform full authentication".
            client.send([1, 4], number: 2)
            client.receive()
        }
        await #expect(throws: MySQLError.self) { try await open(server) }
        #expect(!holds(try await server.received(), Self.password))
    }

    @Test func `a server behind a name without a file is a server`() async throws {
        let server = try ForgedServer(at: .abstract, calls: 2) { client in
            client.send(ForgedServer.greeting("mysql_native_password"), number: 0)
            guard client.receive() != nil else { return }
            client.send(ForgedServer.ok, number: 2)
            while client.receive() != nil { client.send(ForgedServer.ok, number: 1) }
        }
        try await open(server)
        #expect(holds(try await server.received(), "sql_select_limit"))
    }
}

/// TLS over TCP, with a server that has none or breaks it off.
@Suite struct TriedTLSTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    /// - Returns: the packets that a server gets, and the number of the error.
    private func call(_ option: String, offersTLS: Bool, calls: Int) async throws -> ([[UInt8]], UInt32?) {
        let server = try ForgedServer(at: .loopback, calls: calls) { client in
            client.send(ForgedServer.greeting("mysql_native_password", offersTLS: offersTLS), number: 0)
            // A request for TLS has no name, and is followed by a handshake that is no packet.
            guard let packet = client.receive(), packet.count > 32 else { return }
            client.send(ForgedServer.ok, number: 2)
            while client.receive() != nil { client.send(ForgedServer.ok, number: 1) }
        }
        let file = try scratch.write(Array("[client]\n\(option)\n".utf8), to: "my.cnf")
        let options = ConnectionOptions(
            defaultsFile: file,
            user: "backup",
            password: "s3cret",
            host: "127.0.0.1",
            port: server.port
        )
        var number: UInt32?
        do { try await Session.open(options).close() } catch let error as MySQLError { number = error.number }
        return (try await server.received(), number)
    }

    @Test(arguments: ["", "ssl-mode=PREFERRED", "skip-ssl-verify-server-cert"], [true, false])
    func `TLS is tried, and left out where the server has none`(option: String, offersTLS: Bool) async throws {
        let (packets, number) = try await call(option, offersTLS: offersTLS, calls: offersTLS ? 2 : 1)
        #expect(number == nil)
        let names = packets.filter { String(decoding: $0, as: UTF8.self).contains("backup") }
        #expect(names.count == 1)
        #expect(packets.first?.count == 32 || !offersTLS)
    }

    @Test(arguments: ["ssl-mode=DISABLED", "skip-ssl", "ssl=0"], [true, false])
    func `TLS is not tried where an option forbids it`(option: String, offersTLS: Bool) async throws {
        let (packets, number) = try await call(option, offersTLS: offersTLS, calls: 1)
        #expect(number == nil)
        #expect(packets.first.map { $0.count > 32 } == true)
    }

    @Test(arguments: ["ssl-mode=REQUIRED", "ssl-mode=VERIFY_IDENTITY"], [true, false])
    func `no session without TLS where an option wants it`(option: String, offersTLS: Bool) async throws {
        let (packets, number) = try await call(option, offersTLS: offersTLS, calls: 1)
        #expect(number == 2026)
        let isNamed = packets.contains { String(decoding: $0, as: UTF8.self).contains("backup") }
        // A server that offers none hears the name, and no statement.
        #expect(isNamed == (option == "ssl-mode=REQUIRED" && !offersTLS))
        #expect(!packets.contains { String(decoding: $0, as: UTF8.self).contains("SET ") })
    }

    @Test(arguments: ["ssl", "ssl=1"], [true, false])
    func `MariaDB's option wants TLS of a server that has it`(option: String, offersTLS: Bool) async throws {
        let (_, number) = try await call(option, offersTLS: offersTLS, calls: 1)
        #expect(number == (offersTLS ? 2026 : nil))
    }
}
