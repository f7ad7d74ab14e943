package import Host

/// A logical volume as `lvs` reports it.
package struct LogicalVolume: Sendable, Equatable {
    package var uuid: String
    package var name: String
    package var group: String
    /// Bytes; of a thick snapshot, those of its exception store.
    package var size: Int64
    /// `lv_attr`: ten letters, of which the first is the type, the fifth the state and the ninth the health.
    package var attributes: String
    package var tags: [String]
    /// The name of the volume that this is a snapshot of; empty for none.
    package var origin: String
    /// The thin pool; empty for a thick volume.
    package var pool: String
    /// How full a thick snapshot or a pool is, 0…100.
    package var dataPercent: Double?
    /// How full a pool's metadata is, 0…100.
    package var metadataPercent: Double?
    /// Bytes, of a pool.
    package var metadataSize: Int64?
    /// The name of its settings in `lvm.conf`'s profile directory, or of its group's; empty for none.
    package var profile: String
    package var isSnapshotInvalid: Bool
    /// Nil while inactive.
    package var device: DeviceNumber?
    /// The type of its segments, such as "linear", "thin" or "thin-pool".
    package var segmentType: String

    /// Whether a snapshot is being merged into it, or will be at its next activation.
    package var isMerging: Bool
    /// Whether a pool has to be checked and repaired.
    package var needsCheck: Bool

    static let columns = [
        "lv_uuid", "lv_name", "vg_name", "lv_size", "lv_attr", "lv_tags", "origin", "pool_lv", "data_percent",
        "metadata_percent", "lv_metadata_size", "lv_profile", "vg_profile", "lv_snapshot_invalid", "lv_kernel_major",
        "lv_kernel_minor", "segtype", "lv_merging", "lv_check_needed",
    ]

    /// - Parameter row: the row of a report about one volume.
    /// - Throws: ``LVMError/unreadableReport(command:text:)`` where it lacks a column of every volume.
    init(_ row: Report.Row) throws(LVMError) {
        uuid = try row.required("lv_uuid")
        name = try row.required("lv_name").withoutBrackets
        group = try row.required("vg_name")
        size = try row.requiredInteger("lv_size")
        attributes = try row.required("lv_attr")
        tags = row.list("lv_tags")
        origin = row.text("origin").withoutBrackets
        pool = row.text("pool_lv").withoutBrackets
        dataPercent = try row.number("data_percent")
        metadataPercent = try row.number("metadata_percent")
        metadataSize = try row.number("lv_metadata_size").map { Int64($0) }
        profile = [row.text("lv_profile"), row.text("vg_profile")].first { !$0.isEmpty } ?? ""
        // "1" in the format `json_std`.
        isSnapshotInvalid = ["snapshot invalid", "1"].contains(row.text("lv_snapshot_invalid"))
        device = DeviceNumber("\(row.text("lv_kernel_major")):\(row.text("lv_kernel_minor"))")
        segmentType = try row.required("segtype")
        isMerging = ["merging", "1"].contains(row.text("lv_merging"))
        needsCheck = ["check needed", "1"].contains(row.text("lv_check_needed"))
    }

    /// Whether a text is written as LVM writes UUIDs: seven groups of letters and digits with dashes between them.
    static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [6, 4, 4, 4, 4, 4, 6]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } }
    }

    /// "group/name".
    package var fullName: String { "\(group)/\(name)" }
    /// The node that LVM makes for it.
    package var path: String { "/dev/\(group)/\(name)" }
    package var isThin: Bool { segmentType == "thin" }
    /// Type letter "s", or "S" while merging.
    package var isThickSnapshot: Bool { "sS".contains(letter(0)) }

    /// State letter "s", of a suspended snapshot that is invalid "S".
    var isSuspended: Bool { "sS".contains(letter(4)) }

    /// Device letter "o": something has its device open, such as a mount.
    var isOpen: Bool { letter(5) == "o" }

    /// A letter of `lv_attr`, counted from 0; "-" where the report has none.
    func letter(_ index: Int) -> Character { attributes.dropFirst(index).first ?? "-" }
}

extension String {
    /// Reports put the name of a volume that LVM keeps for itself into brackets.
    fileprivate var withoutBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
