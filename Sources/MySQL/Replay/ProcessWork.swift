import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The work that a process has done, as the kernel counts it.
struct ProcessWork: Equatable, Sendable {
    /// Processor time in units of the kernel's clock.
    var ticks: UInt64
    /// Bytes that were read from disks and written to them.
    var bytes: UInt64

    init(ticks: UInt64, bytes: UInt64) { (self.ticks, self.bytes) = (ticks, bytes) }

    /// Nil for a process that has ended.
    init?(of pid: Int32) {
        guard let stat = try? readFile("/proc/\(pid)/stat"), let io = try? readFile("/proc/\(pid)/io") else {
            return nil
        }
        // The name before the last parenthesis may hold anything; utime and stime are the fields 14 and 15.
        let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
        let lines = String(decoding: io, as: UTF8.self).split(separator: "\n")
        let counts = lines.filter { $0.hasPrefix("read_bytes:") || $0.hasPrefix("write_bytes:") }
            .compactMap { $0.split(separator: " ").last.flatMap { UInt64($0) } }
        self.init(ticks: user + system, bytes: counts.reduce(0, +))
    }

    /// Whether it is more than the little that an idle server does: a hundredth of a processor, or 16 KiB a second.
    func isProgress(since earlier: ProcessWork, seconds: Double) -> Bool {
        let share = Double(ticks &- earlier.ticks) / Double(sysconf(Int32(_SC_CLK_TCK)))
        return share >= seconds / 100 || Double(bytes &- earlier.bytes) >= seconds * 16_384
    }
}
