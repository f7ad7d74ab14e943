import Glibc

/// Seconds since 1970.
package func unixTime() -> Double { read(CLOCK_REALTIME) }

/// Seconds of the system's monotonic clock, the same for every process.
package func monotonicTime() -> Double { read(CLOCK_MONOTONIC) }

private func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension Duration {
    /// The duration in seconds, with their fraction.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

extension Double {
    /// At most three decimals and no trailing zeros, for messages.
    public var formatted: String {
        // A number of that size, such as one of a manifest, has no decimals.
        guard let thousandths = Int64(exactly: (self * 1000).rounded()) else { return "\(self)" }
        var text = "\(thousandths / 1000)"
        var fraction = abs(thousandths % 1000)
        guard fraction != 0 else { return text }
        var digits = 3
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        let padding = String(repeating: "0", count: digits - "\(fraction)".count)
        if thousandths < 0, thousandths > -1000 { text = "-0" }
        return "\(text).\(padding)\(fraction)"
    }
}
