import Foundation
import TestSupport
import Testing

@testable import Archive

@Suite struct IndexTests {
    private struct Line: Decodable {
        var frame: Int
        var offset: Int?
        var length: Int?
        var size: Int
        var continues: Int?
        var member: String?
        var memberBase64: String?
        var type: String?
        var at: Int?
        var xxh3: String?
    }

    private let directory: ScratchDirectory
    private let source: String

    init() async throws {
        directory = try ScratchDirectory()
        source = try directory.directory("source")
        try await AwkwardTree.make(in: source)
    }

    private func lines(_ path: String) throws -> [Line] {
        let text = try Data(contentsOf: URL(filePath: path + ".index"))
        return try text.split(separator: UInt8(ascii: "\n")).dropFirst().map {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(Line.self, from: $0)
        }
    }

    private func digest(_ data: Data) -> String { data.withUnsafeBytes { "\(Hasher128.digest(of: $0))" } }

    @Test(arguments: [Compression.standard, .gzip(level: 1), .none])
    func `every frame is where the index says, whole and by itself`(compression: Compression) async throws {
        let path = directory.path(compression.fileName)
        let summary = try await archive(source, to: path, compression)
        let packed = try Data(contentsOf: URL(filePath: path))
        var end = 0
        for frame in try lines(path) where frame.offset != nil {
            let offset = try #require(frame.offset)
            let bytes = packed[offset..<(offset + (frame.length ?? 0))]
            #expect(offset == end)
            #expect(digest(Data(bytes)) == frame.xxh3)
            end = bytes.endIndex
        }
        #expect(end == packed.count)
        #expect(digest(packed) == "\(summary.archive.digest)")
    }

    @Test func `frames unpack one by one to what the tar file has there`() async throws {
        let path = directory.path("data.tar.zst")
        try await archive(source, to: path)
        try await archive(source, to: directory.path("data.tar"), .none)
        let tar = try Data(contentsOf: URL(filePath: directory.path("data.tar")), options: .alwaysMapped)
        var position = 0
        for frame in try lines(path) where frame.offset != nil {
            let cut = "tail -c +\((frame.offset ?? 0) + 1) '\(path)' | head -c \(frame.length ?? 0)"
            try await shell("set +o pipefail; \(cut) | zstd -qdc > '\(directory.path("frame"))'")
            let data = try Data(contentsOf: URL(filePath: directory.path("frame")))
            #expect(data == tar[position..<(position + frame.size)])
            position += frame.size
        }
        #expect(position == tar.count)
    }

    @Test func `a member's checksum is that of the file, holes read as zeros`() async throws {
        let path = directory.path("data.tar.zst")
        try await archive(source, to: path)
        let files = try lines(path).filter { $0.type == "file" && $0.member != nil && $0.size < 100_000_000 }
        #expect(files.count > 15)
        for file in files {
            let data = try Data(contentsOf: URL(filePath: source + "/" + (file.member ?? "")))
            #expect(digest(data) == file.xxh3, "\(file.member ?? "")")
            #expect(data.count == file.size)
        }
    }

    @Test func `a name that is not UTF-8 is in the index as base64`() async throws {
        let path = directory.path("data.tar.zst")
        try await archive(source, to: path)
        let names = try lines(path).compactMap(\.memberBase64).compactMap { Data(base64Encoded: $0) }
        #expect(names.contains(Data("./raw".utf8) + [0xff, 0xfe] + Data("name".utf8)))
    }

    @Test func `the archive is the same however many threads write it`() async throws {
        let small = try directory.directory("small")
        try await shell("for i in $(seq 700); do echo $i > f$i; done; head -c 9000000 /dev/urandom > large", in: small)
        let first = try await archive(small, to: directory.path("1"), threads: 1)
        let second = try await archive(small, to: directory.path("4"), threads: 4)
        #expect(first.archive.digest == second.archive.digest)
        #expect(first.index?.digest == second.index?.digest)
        #expect(first.members == 702)
    }
}
