/// How full a thin pool may be for a snapshot in it: our limit, and what lvcreate would say no sooner than under the lock.
struct PoolRoom {
    /// Percent. A pool of a busy origin is full soon behind it, and stops every volume in it.
    private static let ownLimit = 90.0
    /// Bytes of metadata that LVM keeps free, or a quarter of a smaller pool's (LVM 2.03, measured at 4 MiB).
    private static let metadataReserve = 4.0 * 1024 * 1024

    let pool: LogicalVolume
    /// `activation/thin_pool_autoextend_threshold`, in percent: LVM wants the pool enlarged first.
    let autoextendThreshold: Double

    /// - Throws: ``LVMError/poolWithoutRoom(pool:what:percent:limit:)``.
    func check() throws(LVMError) {
        try check("data", pool.dataPercent, limit: min(Self.ownLimit, autoextendThreshold))
        try check("metadata", pool.metadataPercent, limit: min(Self.ownLimit, autoextendThreshold, metadataLimit))
    }

    private var metadataLimit: Double {
        guard let size = pool.metadataSize, size > 0 else { return 100 }
        return 100 - min(25, Self.metadataReserve / Double(size) * 100)
    }

    private func check(_ what: String, _ percent: Double?, limit: Double) throws(LVMError) {
        guard let percent, percent >= limit else { return }
        throw LVMError.poolWithoutRoom(pool: pool.fullName, what: what, percent: percent, limit: limit)
    }
}
