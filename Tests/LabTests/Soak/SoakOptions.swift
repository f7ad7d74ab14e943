/// The options of a run of the soak, faults aside.
struct SoakOptions: Sendable {
    var lock: String
    var compression: String
    var keepLast: Int
    var recovers: Bool
    /// Seconds.
    var maxLock: Int

    /// - Parameter maxLock: seconds.
    init(_ dice: inout Dice, maxLock: Int) {
        lock = dice.oneOf(["stage", "stage", "read-lock"])
        compression = dice.oneOf(["zstd:1", "zstd:1", "zstd:7", "gzip:1", "none"])
        keepLast = dice.number(in: 8...20)
        recovers = dice.isHeads()
        self.maxLock = maxLock
    }

    var arguments: [String] {
        [
            "--lock", lock, "--compress", compression, "--keep-last", "\(keepLast)", "--max-lock", "\(maxLock)s",
            "--lock-wait-timeout", "20s",
        ] + (recovers ? [] : ["--no-innodb-recovery"])
    }
}
