/// When a thick snapshot's exception store is enlarged, and how far.
package struct AutoextendPolicy: Sendable, Equatable {
    /// The fullness at which it is enlarged, 0…1; nil: it never is.
    package var threshold: Double?
    /// How large it may become; nil: as large as the origin, beyond which no snapshot needs to be.
    package var maximum: SnapshotSize?

    package init(threshold: Double? = 0.7, maximum: SnapshotSize? = nil) {
        self.threshold = threshold
        self.maximum = maximum
    }

    /// - Parameters:
    ///   - threshold: as `--snapshot-extend-at` spells it: "70%", "70", "off"; nil for the standard.
    ///   - maximum: as `--snapshot-max` spells it; nil for the standard.
    /// - Throws: ``LVMError/badThreshold(_:)``, ``LVMError/badSize(_:reason:)``.
    package init(threshold: String?, maximum: String?) throws {
        self.init(maximum: try maximum.map { try SnapshotSize($0) })
        guard let threshold else { return }
        self.threshold = try Self.share(threshold)
    }

    private static func share(_ text: String) throws -> Double? {
        guard text != "off" else { return nil }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let percent = Int(digits), (10...95).contains(percent) else { throw LVMError.badThreshold(text) }
        return Double(percent) / 100
    }

    /// The extents that a snapshot may grow to.
    ///
    /// - Parameter size: its first size in extents.
    /// - Throws: ``LVMError/badSize(_:reason:)`` where that is more than the limit of its growth.
    func limit(from size: Int64, volume: Int64, group: VolumeGroup) throws -> Int64 {
        guard let maximum else { return max(size, volume / group.extentSize) }
        let limit = maximum.wanted(volume: volume, group: group)
        guard limit >= size else {
            throw LVMError.badSize("\(maximum)", reason: "the maximum is less than the snapshot's first size")
        }
        return limit
    }
}
