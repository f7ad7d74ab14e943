/// How full a thin pool may be for a snapshot in it: lvmbackup's limit, and the limits by which lvcreate would refuse
/// only under the lock.
struct ThinPoolCheck {
    /// The fullness from which a pool gets no snapshot, and its rule.
    private struct Limit {
        let percent: Double
        let rule: String
    }

    /// A full pool stops every volume in it.
    private static let own = Limit(percent: 90, rule: "a busy origin fills the rest soon")
    /// Bytes of metadata that LVM keeps free, or a quarter of a smaller pool's (LVM 2.03, measured at 4 MiB).
    private static let metadataReserve = 4.0 * 1024 * 1024

    let pool: LogicalVolume
    /// `activation/thin_pool_autoextend_threshold`, in percent: LVM wants the pool enlarged first.
    ///
    /// Nil where unknown.
    let autoextendThreshold: Double?

    /// - Throws: ``LVMError/poolWithoutRoom(pool:what:percent:limit:rule:)``.
    func check() throws(LVMError) {
        try check("data", pool.dataPercent, [Self.own, threshold])
        try check("metadata", pool.metadataPercent, [Self.own, threshold, reserve])
    }

    private var threshold: Limit? {
        autoextendThreshold.map {
            Limit(percent: $0, rule: "LVM's setting activation/thin_pool_autoextend_threshold")
        }
    }

    private var reserve: Limit? {
        guard let size = pool.metadataSize, size > 0 else { return nil }
        let percent = 100 - min(25, Self.metadataReserve / Double(size) * 100)
        return Limit(percent: percent, rule: "LVM keeps 4 MiB free, a quarter of less than 16 MiB")
    }

    private func check(_ what: String, _ percent: Double?, _ limits: [Limit?]) throws(LVMError) {
        guard let percent, let limit = limits.compactMap(\.self).min(by: { $0.percent < $1.percent }),
            percent >= limit.percent
        else { return }
        throw LVMError.poolWithoutRoom(
            pool: pool.fullName,
            what: what,
            percent: percent,
            limit: limit.percent,
            rule: limit.rule
        )
    }
}
