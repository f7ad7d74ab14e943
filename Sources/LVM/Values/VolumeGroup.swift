/// A volume group as `vgs` reports it.
public struct VolumeGroup: Sendable, Equatable {
    public var name: String
    /// Bytes.
    public var extentSize: Int64
    public var freeExtents: Int64

    static let columns = ["vg_name", "vg_extent_size", "vg_free_count"]

    public init(name: String, extentSize: Int64, freeExtents: Int64) {
        self.name = name
        self.extentSize = extentSize
        self.freeExtents = freeExtents
    }

    init?(_ row: Report.Row) {
        guard let name = row.text("vg_name"), let size = row.integer("vg_extent_size"), size > 0,
            let free = row.integer("vg_free_count")
        else { return nil }
        self.init(name: name, extentSize: size, freeExtents: free)
    }

    /// Bytes.
    public var free: Int64 { freeExtents * extentSize }
}
