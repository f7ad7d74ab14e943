import Foundation
import LVMBackup
import TestSupport
import Testing

@testable import CLI

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct `The status for systemd` {
    @Test func `names the step, and how far it has come`() throws {
        let receiver = try DatagramReceiver()
        let status = try #require(ServiceStatus(environment: ["NOTIFY_SOCKET": receiver.path]))
        let facts: [Fact] = [
            .stepStarted(.archive), .snapshotUsage(0.25),
            .progress(Progress(step: .archive, bytes: 1 << 30, totalBytes: 4 << 30, files: 7)),
        ]
        for fact in facts { status.hear(Event(run: "r", sequence: 1, time: 0, monotonic: 0, fact: fact)) }
        status.send("line\nbreak")
        let texts = (0..<4).map { _ in received(receiver.socket) }
        #expect(texts[0] == "STATUS=archive")
        #expect(texts[1] == "STATUS=archive, snapshot 25 % full")
        #expect(texts[2].hasPrefix("STATUS=archive, 25 %, 1 GiB of 4 GiB, "), "\(texts[2])")
        #expect(texts[3] == "STATUS=line\\nbreak")
    }

    @Test(arguments: [nil, "", "relative", "vsock:2:1234"])
    func `exists in services of systemd alone`(path: String?) {
        #expect(ServiceStatus(environment: path.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    @Test(arguments: ["/nonexistent/socket", "@" + String(repeating: "x", count: 200)])
    func `does not fail where systemd does not listen`(path: String) throws {
        let status = try #require(ServiceStatus(environment: ["NOTIFY_SOCKET": path]))
        status.send("x")
    }

    private func received(_ socket: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }
}
