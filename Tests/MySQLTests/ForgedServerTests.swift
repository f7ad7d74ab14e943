import Foundation
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
}
