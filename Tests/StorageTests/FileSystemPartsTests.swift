import Testing

@testable import Storage

struct FileSystemPartsTests {
    private static func xfs(log: UInt8, realtime: UInt8) -> [UInt8] {
        var bytes = Array("XFSB".utf8) + [UInt8](repeating: 0, count: 4092)
        (bytes[55], bytes[23]) = (log, realtime)
        return bytes
    }

    private static func ext(features: UInt8, inode: UInt8) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        (bytes[1080], bytes[1081], bytes[1116], bytes[1248]) = (0x53, 0xEF, features, inode)
        return bytes
    }

    @Test(
        arguments: [
            (xfs(log: 1, realtime: 0), nil), (xfs(log: 0, realtime: 0), "log"),
            (xfs(log: 1, realtime: 9), "realtime section"),
            (ext(features: 0x3C, inode: 8), nil), (ext(features: 0x3C, inode: 0), "journal"),
            (ext(features: 0x38, inode: 0), nil), ([UInt8](repeating: 0, count: 4096), nil), ([], nil),
        ] as [([UInt8], String?)]
    )
    func `a part on another device is seen in the superblock`(bytes: [UInt8], part: String?) {
        #expect(FileSystemParts.externalPart(bytes) == part)
    }
}
