/// A POSIX access control list in the text form of acl(5), with numbers for users and groups.
struct AccessControlList: Equatable, Sendable {
    let text: [UInt8]
    let kernelForm: [UInt8]

    /// - Parameter kernelForm: the value of `system.posix_acl_access`: a version of 32 bits (2), then per entry
    ///   a tag and permissions of 16 bits and a number of 32, little endian (linux/posix_acl_xattr.h).
    init?(kernelForm bytes: [UInt8]) {
        guard bytes.count >= 4, bytes.count % 8 == 4, Self.number(bytes[0..<4]) == 2 else { return nil }
        self.kernelForm = bytes
        var entries: [String] = []
        for start in stride(from: 4, to: bytes.count, by: 8) {
            guard let tag = Tag(rawValue: Self.number(bytes[start..<(start + 2)])) else { return nil }
            let permissions = Self.number(bytes[(start + 2)..<(start + 4)])
            let id = Self.number(bytes[(start + 4)..<(start + 8)])
            entries.append("\(tag.word):\(tag.isNumbered ? String(id) : ""):\(Self.letters(permissions))")
        }
        text = Array(entries.joined(separator: ",").utf8)
    }

    /// - Parameter text: entries divided by commas or lines, with names or numbers; a fourth part, as bsdtar writes it, is
    ///   the number of the name.
    /// - Parameter number: the number of a user's or group's name on this host.
    /// - Returns: nil where it makes no sense, or a name is unknown.
    init?(text: [UInt8], number: (_ name: [UInt8], _ isGroup: Bool) -> UInt32?) {
        var entries: [(tag: Tag, id: UInt32, letters: String)] = []
        for entry in text.split(whereSeparator: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\n") }) {
            let parts = entry.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            guard (3...4).contains(parts.count), let tag = Tag(word: parts[0], isNumbered: !parts[1].isEmpty) else {
                return nil
            }
            let letters = String(decoding: parts[2].prefix(3), as: UTF8.self)
            guard letters.allSatisfy({ "rwx-".contains($0) }) else { return nil }
            var id = UInt32.max
            if tag.isNumbered {
                let given = parts.count == 4 ? parts[3] : parts[1]
                let found = UInt32(String(decoding: given, as: UTF8.self)) ?? number(Array(parts[1]), tag == .group)
                guard let found else { return nil }
                id = found
            }
            entries.append((tag, id, letters))
        }
        guard !entries.isEmpty else { return nil }
        // The kernel wants them by tag, then by number.
        entries.sort { ($0.tag.rawValue, $0.id) < ($1.tag.rawValue, $1.id) }
        kernelForm = entries.reduce(into: Self.bytes(2, count: 4)) { form, entry in
            let bits = (entry.letters.contains("r") ? 4 : 0) + (entry.letters.contains("w") ? 2 : 0)
            form += Self.bytes(entry.tag.rawValue, count: 2)
            form += Self.bytes(UInt32(bits + (entry.letters.contains("x") ? 1 : 0)), count: 2)
            form += Self.bytes(entry.id, count: 4)
        }
        self.text = text
    }

    private static func bytes(_ number: UInt32, count: Int) -> [UInt8] {
        (0..<UInt32(count)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private enum Tag: UInt32 {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case other = 0x20

        init?(word: ArraySlice<UInt8>, isNumbered: Bool) {
            switch String(decoding: word, as: UTF8.self) {
            case "user", "u": self = isNumbered ? .user : .owner
            case "group", "g": self = isNumbered ? .group : .owningGroup
            case "mask", "m": self = .mask
            case "other", "o": self = .other
            default: return nil
            }
        }

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
