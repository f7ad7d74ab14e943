/// LVM's rules for the name of a logical volume.
public struct VolumeName: Sendable, Equatable {
    public let text: String

    /// - Throws: ``LVMError/badName(_:rule:)`` with the rule that is broken.
    public init(_ text: String, group: String) throws {
        if let rule = Self.brokenRule(text, group: group) { throw LVMError.badName(text, rule: rule) }
        self.text = text
    }

    /// The volume's name with "_snapshot", and what makes the run id unique.
    ///
    /// - Parameter run: such as "20261122T101502Z-7f3a".
    public static func defaultName(volume: String, run: String) -> String {
        let unique = run.split(separator: "-").last.map { "-\($0)" } ?? ""
        return volume + "_snapshot" + unique
    }

    /// The name of the device-mapper device: dashes inside of names are doubled.
    public static func mapperName(group: String, volume: String) -> String {
        "\(group.doublingDashes)-\(volume.doublingDashes)"
    }

    static func hasOnlyAllowedLetters(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "+_.-".utf8.contains(byte)
                }
            }
    }

    private static let reservedPrefixes = ["pvmove", "snapshot"]

    /// lvm(8), "VALID NAMES".
    private static let reservedParts = [
        "_cdata", "_cmeta", "_corig", "_cpool", "_cvol", "_imeta", "_iorig", "_mimage", "_mlog", "_pmspare",
        "_rimage", "_rmeta", "_tdata", "_tmeta", "_vdata", "_vorigin", "_wcorig",
    ]

    /// A device-mapper name has 127 bytes; the exception store's ends in "-cow".
    private static let longestMapperName = 127 - 4

    private static func brokenRule(_ text: String, group: String) -> String? {
        guard hasOnlyAllowedLetters(text) else {
            return "only letters, digits and \"+\", \"_\", \".\", \"-\" are allowed"
        }
        if text.hasPrefix("-") { return "it must not begin with \"-\"" }
        if text == "." || text == ".." { return "it must not be \".\" or \"..\"" }
        if let prefix = reservedPrefixes.first(where: text.hasPrefix) {
            return "names that begin with \"\(prefix)\" are reserved by LVM"
        }
        if let part = reservedParts.first(where: { text.containsText($0) }) {
            return "names with \"\(part)\" in them are reserved by LVM"
        }
        let length = mapperName(group: group, volume: text).utf8.count
        guard length <= longestMapperName else {
            return "together with the group's it is \(length) bytes long, dashes counted twice, "
                + "of \(longestMapperName) that device-mapper allows"
        }
        return nil
    }
}

extension String {
    fileprivate var doublingDashes: String {
        split(separator: "-", omittingEmptySubsequences: false).joined(separator: "--")
    }

    fileprivate func containsText(_ part: String) -> Bool {
        utf8.indices.contains { utf8[$0...].starts(with: part.utf8) }
    }
}
