import Host

/// The volume that an operator wants a set to be restored to.
package struct NewVolumeRequest: Sendable, Equatable {
    package let group: String
    package let name: String
    /// Nil for one that fits the set.
    let size: SnapshotSize?
    /// Nil for that of the set.
    let fileSystem: NewFileSystem?

    /// "group/name".
    package var fullName: String { "\(group)/\(name)" }
    package var device: String { "/dev/\(fullName)" }

    /// - Parameters:
    ///   - place: "GROUP/NAME", also as the path of a device node.
    ///   - size: such as "20G", "50%FREE", or a plain number of MiB.
    ///   - fileSystem: "xfs" or "ext4".
    /// - Throws: ``LVMError/noNewVolume(_:reason:advice:)``
    package init(_ place: String, size: String? = nil, fileSystem: String? = nil) throws {
        let words = place.hasPrefix("/dev/") ? place.dropFirst("/dev/".count) : place[...]
        let parts = words.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, VolumeName.hasOnlyAllowedLetters(parts[0]) else {
            throw LVMError.noNewVolume(
                place,
                reason: "it is not of the form GROUP/NAME",
                advice: "such as vg0/restored"
            )
        }
        (group, name) = (parts[0], parts[1])
        do { self.size = try size.map(Self.size) } catch LVMError.badSize(let size, let reason) {
            throw LVMError.noNewVolume(
                place,
                reason: "size \"\(size)\": \(reason)",
                advice: "such as 20G, 800M, 100e (extents), 120%ORIGIN or 50%FREE"
            )
        }
        self.fileSystem = try fileSystem.map { name in
            guard let known = NewFileSystem(rawValue: name) else {
                throw LVMError.noNewVolume(
                    place,
                    reason: "no file system \"\(name)\" is made by this program",
                    advice: "xfs or ext4"
                )
            }
            return known
        }
    }

    /// Without a text it is the standard size of a snapshot, which is none of a volume.
    private static func size(_ text: String) throws -> SnapshotSize {
        guard !text.isEmpty else { throw LVMError.badSize(text, reason: "it is empty") }
        return try SnapshotSize(text)
    }
}

/// A file system that a restore makes.
enum NewFileSystem: String, Sendable {
    case xfs
    case ext4

    var program: String { "mkfs.\(rawValue)" }

    /// The volume was made a moment ago, so nothing on it is in use.
    var options: [String] { self == .xfs ? ["-q", "-f"] : ["-q", "-F"] }

    /// The least bytes of a volume for files.
    ///
    /// mkfs.xfs refuses less than 300 MiB. The rest is for journals, reserved blocks and lists of blocks. ext4 has one
    /// inode for each 16 KiB.
    func leastSize(bytes: Int64, members: Int) -> Int64 {
        let data = bytes + bytes / 8 + Int64(members) * 4096 + 128 << 20
        return max(data, self == .xfs ? 320 << 20 : Int64(members) * 17_000)
    }
}
