import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct ClientAccessTests {
    /// A server may answer any query by asking for a file of the client's host.
    @Test func `the interactive client sends no local files to a private server`() throws {
        let scratch = try ScratchDirectory()
        try PrivateServer.writeClientOptions("/run/x/sock", in: HeldDirectory(scratch.path))
        let text = String(decoding: try readFile(scratch.path + "/my.cnf"), as: UTF8.self)
        let group = try #require(text.split(separator: "[mysql]\n").last)
        #expect(group.split(separator: "\n").contains("local-infile=0"))
        #expect(text.contains("[client]\nsocket=/run/x/sock\n"))
    }
}
