/// LVM's rules for the name of a logical volume.
package struct VolumeName: Sendable, Equatable {
    package let text: String

    /// - Parameter isThin: whether it is a thin volume's name; the exception store of a thick snapshot needs room besides.
    /// - Throws: ``LVMError/badName(_:rule:)`` with the rule that is broken.
    package init(_ text: String, group: String, isThin: Bool = false) throws {
        if let rule = Self.brokenRule(text, group: group, isThin) { throw LVMError.badName(text, rule: rule) }
        self.text = text
    }

    /// Checks a limit that LVM reports only in the middle of a thick snapshot: the devices that it adds need names,
    /// too.
    ///
    /// - Throws: ``LVMError/wrongKind(volume:reason:)``.
    static func checkThickOrigin(_ name: String, group: String) throws {
        let length = mapperName(group: group, volume: name).utf8.count
        let reason: String? =
            if length > longestMapperName - suffixOfOrigin {
                "group and name are \(length) bytes long, dashes counted twice, of \(longestMapperName - suffixOfOrigin) "
                    + "that device-mapper allows for one with snapshots"
            } else if group.utf8.count > longestName - hiddenName {
                "the group's name is \(group.utf8.count) bytes long, of \(longestName - hiddenName) "
                    + "that LVM allows for one with snapshots"
            } else {
                nil
            }
        if let reason { throw LVMError.wrongKind(volume: "\(group)/\(name)", reason: reason) }
    }

    /// The volume's name with "_snapshot", and the unique part of the run id.
    ///
    /// - Parameter run: such as "20261122T101502Z-7f3a".
    package static func defaultName(volume: String, run: String) -> String {
        let unique = run.split(separator: "-").last.map { "-\($0)" } ?? ""
        return volume + "_snapshot" + unique
    }

    /// The name of the device-mapper device: dashes inside of names are doubled.
    package static func mapperName(group: String, volume: String) -> String {
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

    /// Bytes of a device's name.
    private static let longestMapperName = 127
    /// Bytes of a group's and a volume's name together.
    private static let longestName = 124
    /// "-cow" is added to the name of a thick snapshot, "-real" to its origin's.
    private static let suffixOfSnapshot = 4
    private static let suffixOfOrigin = 5
    /// LVM gives a thick snapshot a hidden volume beside it, such as "snapshot12".
    private static let hiddenName = 10

    private static func brokenRule(_ text: String, group: String, _ isThin: Bool) -> String? {
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
        return brokenLimit(text, group: group, isThin)
    }

    private static func brokenLimit(_ text: String, group: String, _ isThin: Bool) -> String? {
        let length = mapperName(group: group, volume: text).utf8.count
        let limit = longestMapperName - (isThin ? 0 : suffixOfSnapshot)
        guard length <= limit else {
            return "together with the group's it is \(length) bytes long, dashes counted twice, "
                + "of \(limit) that device-mapper allows"
        }
        let both = group.utf8.count + text.utf8.count
        return both > longestName
            ? "together with the group's it is \(both) bytes long, of \(longestName) that LVM allows" : nil
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
