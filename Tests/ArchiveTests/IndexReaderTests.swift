import Foundation
import Testing

@testable import Archive

@Suite struct IndexReaderTests {
    private func read(_ text: String) throws -> [IndexedFrame] {
        var rest = Array(text.utf8)[...]
        let reader = try IndexReader(path: "index.jsonl") { room in
            // Short answers, as a network file system may give; a long text would take long.
            let piece = rest.prefix(min(room.count, max(7, text.utf8.count / 1000)))
            room.copyBytes(from: piece)
            rest = rest.dropFirst(piece.count)
            return piece.count
        }
        var frames: [IndexedFrame] = []
        while let frame = try reader.nextFrame() { frames.append(frame) }
        return frames
    }

    private let head = "{\"format\":\"lvmbackup index\",\"version\":1}\n"
    private let frame =
        "{\"frame\":0,\"offset\":0,\"length\":9,\"size\":1024,\"xxh3\":\"00000000000000000000000000000000\"}\n"

    @Test func `names of any bytes come back as they were`() throws {
        let member = "{\"member\":\"a\\u0009\\\\\\\"b\",\"type\":\"file\",\"size\":3,\"frame\":0,\"at\":512}\n"
        let raw = "{\"member_base64\":\"/wA=\",\"type\":\"fifo\",\"size\":0,\"frame\":0,\"at\":0}\n"
        let frames = try read(head + frame + member + raw)
        #expect(frames.first?.members.map(\.name) == [Array("a\t\\\"b".utf8), [255, 0]])
        #expect(frames.first?.members.first?.start == 512)
    }

    @Test(arguments: [
        "", "{}\n", "{\"format\":\"lvmbackup index\",\"version\":2}\n", "{\"format\":\"tar\",\"version\":1}\n", "[]\n",
        "{\"format\":\"lvmbackup index\",\"version\":1}",
    ])
    func `anything else than an index is refused`(text: String) {
        #expect(throws: ReadError.self) { try read(text) }
    }

    @Test(arguments: [
        "{\"frame\":1,\"offset\":0,\"length\":9,\"size\":1,\"xxh3\":\"00000000000000000000000000000000\"}\n",
        "{\"frame\":0,\"offset\":1,\"length\":9,\"size\":1,\"xxh3\":\"00000000000000000000000000000000\"}\n",
        "{\"frame\":0,\"offset\":0,\"length\":9,\"size\":99999999999,\"xxh3\":\"00000000000000000000000000000000\"}\n",
        "{\"frame\":0,\"offset\":0,\"length\":9,\"size\":1,\"xxh3\":\"00\"}\n",
        "{\"frame\":0,\"frame\":0,\"offset\":0,\"length\":9,\"size\":1,\"xxh3\":\"00000000000000000000000000000000\"}\n",
        "{\"member\":\"a\",\"type\":\"file\",\"size\":3,\"frame\":0,\"at\":0}\n", "{\"frame\":0", "x\n",
        "{\"frame\":-1}\n",
        "{\"frame\":0,\"offset\":0,\"length\":9,\"size\":1,\"xxh3\":\"00000000000000000000000000000000\"}\n"
            + "{\"member\":\"a\",\"type\":\"file\",\"size\":9223372036854775807,\"frame\":0,\"at\":0}\n",
    ])
    func `a line that does not fit is refused`(line: String) {
        #expect(throws: ReadError.self) { try read(head + line) }
    }

    @Test func `a line without end is refused before it fills the memory`() {
        #expect(throws: ReadError.self) { try read(head + String(repeating: "x", count: 300_000)) }
    }

    @Test func `names of more bytes than a frame can have are refused`() throws {
        let name = String(repeating: "n", count: 60_000)
        let member = "{\"member\":\"\(name)\",\"type\":\"file\",\"size\":3,\"frame\":0,\"at\":512}\n"
        #expect(try read(head + frame + String(repeating: member, count: 10)).first?.members.count == 10)
        #expect(throws: ReadError.self) { try read(head + frame + String(repeating: member, count: 200)) }
    }

    @Test func `Base64 is decoded as it was encoded`() {
        for length in 0..<70 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + length) }
            #expect(Base64.decode(Array(Base64.encode(bytes).utf8)) == bytes)
        }
        for text in ["A", "AA=A", "====", "A*==", "AAAA="] { #expect(Base64.decode(Array(text.utf8)) == nil) }
    }

    /// A member of 4 MiB of attributes, of which a small archive may have any number.
    @Test(.timeLimit(.minutes(1)))
    func `many attributes take no longer than their number`() {
        var values = PaxValues()
        let records = (0..<190_000).flatMap { number in
            let text = "SCHILY.xattr.\(number)=\n"
            return Array("\(text.utf8.count + 3) \(text)".utf8)
        }
        let isRead = values.add(records)
        #expect(isRead)
        #expect(values.attributes.count == 190_000)
        let isReplaced = values.add(Array("21 SCHILY.xattr.7=xx\n".utf8))
        #expect(isReplaced)
        #expect(values.attributes.count == 190_000)
        #expect(values.attributes[7].value == Array("xx".utf8))
    }

    @Test func `times are read as they were written`() {
        for (seconds, nanoseconds) in [
            (0, 0), (5, 120_000_000), (-2, 250_000_000), (-1, 999_999_999), (-1, 500_000_000), (7, 1),
        ] {
            let time = FileTime(seconds: Int64(seconds), nanoseconds: Int64(nanoseconds))
            #expect(FileTime(paxText: Array(time.paxText.utf8)) == time)
        }
    }

    @Test func `an access control list becomes what the kernel had`() throws {
        let entries: [[UInt8]] = [
            [1, 0, 6, 0, 255, 255, 255, 255], [2, 0, 7, 0, 0xd2, 4, 0, 0], [4, 0, 4, 0, 255, 255, 255, 255],
            [8, 0, 5, 0, 77, 0, 0, 0], [16, 0, 7, 0, 255, 255, 255, 255], [32, 0, 0, 0, 255, 255, 255, 255],
        ]
        let form: [UInt8] = [2, 0, 0, 0] + entries.joined()
        let text = try #require(AccessControlList(kernelForm: form)).text
        #expect(AccessControlList(text: text) { _, _ in nil }?.kernelForm == form)
        let named = Array("user::rw-,user:joe:rwx:1234,group::r--,group:staff:r-x,mask::rwx,other::---".utf8)
        #expect(
            AccessControlList(text: named) { name, _ in name == Array("staff".utf8) ? 77 : nil }?.kernelForm == form
        )
        #expect(AccessControlList(text: Array("user:joe:rwx".utf8)) { _, _ in nil } == nil)
    }
}
