/// A file system as it is in a snapshot, beside its origin.
struct SnapshotFileSystem: Sendable, Equatable {
    /// As `mount -t` takes it.
    let name: String

    init(_ name: String) { self.name = name }

    /// Options of a mount that may write: XFS refuses a second file system with the same UUID.
    var options: String { name == "xfs" ? "nouuid" : "" }

    /// Options of a read-only mount that replays no journal; nil where it is not known how the device stays unchanged.
    var unchangingOptions: String? {
        switch name {
        case "xfs": "norecovery,nouuid"
        case "ext4", "ext3": "noload"
        case "ext2": ""
        default: nil
        }
    }
}
