/// States of an origin, its pool and its group in which LVM makes no snapshot, found before the lock.
enum OriginState {
    /// - Throws: ``LVMError/inTransition(volume:reason:)``.
    static func check(origin: LogicalVolume) throws(LVMError) {
        // LVM refuses a second thick snapshot then, and allows a thin one (measured, 2.03.16).
        guard origin.isThin || !origin.isMerging else {
            throw .inTransition(
                volume: origin.fullName,
                reason: "a snapshot is being merged into it, or will be at its next activation"
            )
        }
    }

    /// - Throws: ``LVMError/wrongKind(volume:reason:)`` for a pool that has failed or has to be repaired.
    static func check(pool: LogicalVolume) throws(LVMError) {
        let reason: String? =
            switch pool.letter(8) {
            case "F": "it has failed"
            case "M": "its metadata are read-only"
            case "D": "it has no data space left"
            case "p": "a physical volume of it is missing"
            default: pool.needsCheck ? "it has to be checked (lvconvert --repair)" : nil
            }
        if let reason { throw .wrongKind(volume: pool.fullName, reason: "as the pool of the data's volume: \(reason)") }
    }

    /// - Throws: ``LVMError/wrongKind(volume:reason:)``.
    static func check(group: VolumeGroup) throws(LVMError) {
        let reason: String? =
            if group.letter(0) == "r" {
                "the volume group is read-only (vgchange --permission rw)"
            } else if group.letter(2) == "x" {
                "the volume group is exported (vgimport)"
            } else if group.missingVolumes > 0 || group.letter(3) == "p" {
                "\(group.missingVolumes) physical volumes of the group are missing (vgextend --restoremissing, "
                    + "vgreduce --removemissing)"
            } else if group.letter(5) == "c" || group.letter(5) == "s" || !["", "none"].contains(group.lockType) {
                "the volume group is shared with other hosts\(group.lockType.isEmpty ? "" : " (\(group.lockType))")"
            } else {
                nil
            }
        if let reason { throw .wrongKind(volume: group.name, reason: reason) }
    }
}
