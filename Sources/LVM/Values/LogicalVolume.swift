public import Host

/// A logical volume as `lvs` reports it.
public struct LogicalVolume: Sendable, Equatable {
    public var uuid: String
    public var name: String
    public var group: String
    /// Bytes; of a thick snapshot, those of its exception store.
    public var size: Int64
    /// `lv_attr`: ten letters, of which the first is the type, the fifth the state and the ninth the health.
    public var attributes: String
    public var tags: [String]
    /// The name of the volume that this is a snapshot of; empty for none.
    public var origin: String
    /// The thin pool; empty for a thick volume.
    public var pool: String
    /// How full a thick snapshot or a pool is, 0…100.
    public var dataPercent: Double?
    /// How full a pool's metadata is, 0…100.
    public var metadataPercent: Double?
    /// Bytes, of a pool.
    public var metadataSize: Int64?
    /// The name of its settings in `lvm.conf`'s profile directory, or of its group's; empty for none.
    public var profile: String
    public var isSnapshotInvalid: Bool
    /// Nil while inactive.
    public var device: DeviceNumber?
    /// "linear", "thin", "thin-pool", …
    public var segmentType: String

    static let columns = [
        "lv_uuid", "lv_name", "vg_name", "lv_size", "lv_attr", "lv_tags", "origin", "pool_lv", "data_percent",
        "metadata_percent", "lv_metadata_size", "lv_profile", "vg_profile", "lv_snapshot_invalid", "lv_kernel_major",
        "lv_kernel_minor", "segtype",
    ]

    /// - Parameter row: what a report says about one volume; nil where the identifying columns are missing.
    init?(_ row: Report.Row) {
        guard let uuid = row.text("lv_uuid"), let name = row.text("lv_name"), let group = row.text("vg_name") else {
            return nil
        }
        self.uuid = uuid
        self.name = name
        self.group = group
        size = row.integer("lv_size") ?? 0
        attributes = row.text("lv_attr") ?? ""
        tags = (row.text("lv_tags") ?? "").split(separator: ",").map(String.init)
        origin = row.text("origin") ?? ""
        pool = row.text("pool_lv") ?? ""
        dataPercent = row.number("data_percent")
        metadataPercent = row.number("metadata_percent")
        metadataSize = row.integer("lv_metadata_size")
        profile = [row.text("lv_profile"), row.text("vg_profile")].compactMap(\.self).first { !$0.isEmpty } ?? ""
        // "snapshot invalid", or "1" with `report/binary_values_as_numeric`.
        isSnapshotInvalid = ["snapshot invalid", "1"].contains(row.text("lv_snapshot_invalid") ?? "")
        device = DeviceNumber("\(row.text("lv_kernel_major") ?? ""):\(row.text("lv_kernel_minor") ?? "")")
        segmentType = row.text("segtype") ?? ""
    }

    /// "group/name".
    public var fullName: String { "\(group)/\(name)" }
    /// The node that LVM makes for it.
    public var path: String { "/dev/\(group)/\(name)" }
    public var isThin: Bool { segmentType == "thin" }
    /// Type letter "s", or "S" while merging.
    public var isThickSnapshot: Bool { "sS".contains(letter(0)) }

    /// State letter "s", of a suspended snapshot that is invalid "S".
    var isSuspended: Bool { "sS".contains(letter(4)) }

    /// A letter of `lv_attr`, counted from 0; "-" where the report has none.
    func letter(_ index: Int) -> Character { attributes.dropFirst(index).first ?? "-" }
}
