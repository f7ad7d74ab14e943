/// A volume group as `vgs` reports it.
package struct VolumeGroup: Sendable, Equatable {
    package var name: String
    /// Bytes.
    package var extentSize: Int64
    package var freeExtents: Int64
    /// `vg_attr`: six letters, such as "wz--n-".
    package var attributes: String
    package var missingVolumes: Int64
    /// "sanlock", "dlm", "idm"; empty or "none" for a group of this host alone.
    package var lockType: String

    static let columns = [
        "vg_name", "vg_extent_size", "vg_free_count", "vg_attr", "vg_missing_pv_count", "vg_lock_type",
    ]

    package init(
        name: String,
        extentSize: Int64,
        freeExtents: Int64,
        attributes: String = "wz--n-",
        missingVolumes: Int64 = 0,
        lockType: String = ""
    ) {
        self.name = name
        self.extentSize = extentSize
        self.freeExtents = freeExtents
        self.attributes = attributes
        self.missingVolumes = missingVolumes
        self.lockType = lockType
    }

    /// - Throws: ``LVMError/unreadableReport(command:text:)`` where the report lacks a column of every group.
    init(_ row: Report.Row) throws(LVMError) {
        self.init(
            name: try row.required("vg_name"),
            extentSize: try row.requiredInteger("vg_extent_size"),
            freeExtents: try row.requiredInteger("vg_free_count"),
            attributes: try row.required("vg_attr"),
            missingVolumes: try row.requiredInteger("vg_missing_pv_count"),
            lockType: row.text("vg_lock_type")
        )
        guard extentSize > 0 else { throw .unreadableReport(command: "vgs", text: "vg_extent_size: \(extentSize)") }
    }

    /// A letter of `vg_attr`, counted from 0; "-" where the report has none.
    func letter(_ index: Int) -> Character { attributes.dropFirst(index).first ?? "-" }

    /// Bytes.
    package var free: Int64 { freeExtents * extentSize }
}
