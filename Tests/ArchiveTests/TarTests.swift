import Testing

@testable import Archive

@Suite struct TarTests {
    @Test(arguments: [
        (0, 0, "0"), (1_700_000_000, 0, "1700000000"), (5, 120_000_000, "5.12"), (5, 1, "5.000000001"),
        (-2, 0, "-2"), (-2, 250_000_000, "-1.75"), (-1, 999_999_999, "-0.000000001"), (-1, 500_000_000, "-0.5"),
    ])
    func `a time is written as pax has it`(seconds: Int64, nanoseconds: Int64, text: String) {
        #expect(FileTime(seconds: seconds, nanoseconds: nanoseconds).paxText == text)
    }

    @Test(arguments: [
        (1, "6 k=v\n"), (4, "9 k="), (5, "11 k="), (93, "99 k="), (94, "101 k="), (992, "999 k="), (993, "1001 k="),
    ])
    func `a record's length counts itself`(value: Int, start: String) {
        var records = PaxRecords()
        records.add("k", String(repeating: "v", count: value))
        let text = String(decoding: records.bytes, as: UTF8.self)
        #expect(text.hasPrefix(start))
        #expect(Int(text.prefix { $0 != " " }) == records.bytes.count)
    }

    @Test(arguments: [(100, 0), (101, 1), (256, 155)])
    func `a name goes into prefix and name where a slash allows it`(count: Int, prefix: Int) {
        let name = Array(repeating: UInt8(ascii: "a"), count: count - count / 4) + Array(repeating: 0x2f, count: 0)
        var long = name + Array(repeating: UInt8(ascii: "b"), count: count / 4)
        if prefix > 0 { long[prefix] = UInt8(ascii: "/") }
        let fields = UstarHeader.split(long)
        #expect(fields?.prefix.count == prefix)
        #expect(fields?.name.count == count - prefix - (prefix > 0 ? 1 : 0))
    }

    @Test(arguments: [101, 257])
    func `a name that fits no field is left to a pax record`(count: Int) {
        #expect(UstarHeader.split(Array(repeating: UInt8(ascii: "a"), count: count)) == nil)
    }

    @Test func `an access control list is read from the kernel's form`() throws {
        let entries: [[UInt8]] = [
            [1, 0, 6, 0, 255, 255, 255, 255], [2, 0, 7, 0, 0xd2, 4, 0, 0], [4, 0, 4, 0, 255, 255, 255, 255],
            [8, 0, 5, 0, 77, 0, 0, 0], [16, 0, 7, 0, 255, 255, 255, 255], [32, 0, 0, 0, 255, 255, 255, 255],
        ]
        let list = try #require(AccessControlList(kernelForm: [2, 0, 0, 0] + entries.flatMap { $0 }))
        #expect(
            String(decoding: list.text, as: UTF8.self)
                == "user::rw-,user:1234:rwx,group::r--,group:77:r-x,mask::rwx,other::---"
        )
        #expect(AccessControlList(kernelForm: [1, 0, 0, 0]) == nil)
        #expect(AccessControlList(kernelForm: [2, 0, 0, 0, 1]) == nil)
    }

    @Test(arguments: [
        ("zstd", Compression.zstd(level: 1)), ("zstd:19", .zstd(level: 19)), ("gzip", .gzip(level: 6)),
        ("gzip:1", .gzip(level: 1)), ("none", .none),
    ])
    func `compression is read from text`(text: String, compression: Compression) throws {
        #expect(try Compression(text) == compression)
    }

    @Test(arguments: ["", "zstd:", "zstd:0", "zstd:20", "gzip:10", "none:1", "lz4", "zstd:1:2"])
    func `another compression is refused`(text: String) {
        #expect(throws: ArchiveError.badCompression(text)) { try Compression(text) }
    }

    @Test(arguments: [(1, 4 << 20), (4, 4 << 20), (8, 2 << 20), (64, 1 << 20)])
    func `more workers take smaller frames`(threads: Int, frameSize: Int) {
        #expect(ThreadPlan(threads: threads).frameSize == frameSize)
    }
}
