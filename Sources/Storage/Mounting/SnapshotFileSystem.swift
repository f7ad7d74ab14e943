package import Host

/// A file system as it is in a snapshot, beside its origin.
package struct SnapshotFileSystem: Sendable, Equatable {
    /// As `mount -t` takes it.
    package let name: String

    package init(_ name: String) { self.name = name }

    /// The file system on a device, as its first blocks tell.
    ///
    /// A manifest tells it, too, but may be another user's: root would load any driver of the kernel for it.
    ///
    /// - Throws: `HostError`, also where blkid finds no file system or several.
    package init(on device: String, by commands: Commands) async throws {
        let command = Command("blkid", ["--probe", "--match-tag", "TYPE", "--output", "value", "--", device])
        let answer = String(decoding: try await commands.checked(command).standardOutput, as: UTF8.self)
        guard let line = answer.split(whereSeparator: \.isNewline).first, line.allSatisfy({ $0 != "," && $0 != " " })
        else { throw HostError.malformed(device, reason: "blkid finds no file system on it") }
        self.init(String(line))
    }

    /// Options of a mount that may write: XFS refuses a second file system with the same UUID.
    package var options: String { name == "xfs" ? "nouuid" : errors }

    /// The answer of the kernel to an error, of which a snapshot that becomes full has many.
    ///
    /// The superblock's own setting may be "panic" (`tune2fs -e`), which stops the host; that of the origin's mount options
    /// does not count here.
    private var errors: String {
        ["ext2", "ext3", "ext4", "f2fs", "nilfs2"].contains(name) ? "errors=remount-ro" : ""
    }

    /// Options of a read-only mount that replays no journal; nil where it is not known how the device stays unchanged.
    package var unchangingOptions: String? {
        switch name {
        case "xfs": "norecovery,nouuid"
        case "ext4", "ext3": "noload,\(errors)"
        case "ext2": errors
        default: nil
        }
    }
}
