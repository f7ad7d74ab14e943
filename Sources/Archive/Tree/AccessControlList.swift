/// A POSIX access control list in the text form of acl(5), with numbers for users and groups.
struct AccessControlList: Equatable, Sendable {
    let text: [UInt8]

    /// - Parameter kernelForm: the value of `system.posix_acl_access`: a version of 32 bits (2), then per entry
    ///   a tag and permissions of 16 bits and a number of 32, little endian (linux/posix_acl_xattr.h).
    init?(kernelForm bytes: [UInt8]) {
        guard bytes.count >= 4, bytes.count % 8 == 4, Self.number(bytes[0..<4]) == 2 else { return nil }
        var entries: [String] = []
        for start in stride(from: 4, to: bytes.count, by: 8) {
            guard let tag = Tag(rawValue: Self.number(bytes[start..<(start + 2)])) else { return nil }
            let permissions = Self.number(bytes[(start + 2)..<(start + 4)])
            let id = Self.number(bytes[(start + 4)..<(start + 8)])
            entries.append("\(tag.word):\(tag.isNumbered ? String(id) : ""):\(Self.letters(permissions))")
        }
        text = Array(entries.joined(separator: ",").utf8)
    }

    private enum Tag: UInt32 {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case other = 0x20

        var isNumbered: Bool { self == .user || self == .group }

        var word: String {
            switch self {
            case .owner, .user: "user"
            case .owningGroup, .group: "group"
            case .mask: "mask"
            case .other: "other"
            }
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func letters(_ permissions: UInt32) -> String {
        (permissions & 4 != 0 ? "r" : "-") + (permissions & 2 != 0 ? "w" : "-") + (permissions & 1 != 0 ? "x" : "-")
    }
}
