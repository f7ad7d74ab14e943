import Glibc

/// The name of a run, such as `20261122T101502Z-7f3a`: when it started (UTC) and four random digits.
enum RunID {
    static func make(time seconds: Double) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        let date = "\(padded(parts.tm_year + 1900, 4))\(padded(parts.tm_mon + 1, 2))\(padded(parts.tm_mday, 2))"
        let clock = "\(padded(parts.tm_hour, 2))\(padded(parts.tm_min, 2))\(padded(parts.tm_sec, 2))"
        let random = String(UInt32.random(in: 0...0xffff) + 0x10000, radix: 16).dropFirst()
        return "\(date)T\(clock)Z-\(random)"
    }

    private static func padded(_ number: Int32, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(width - digits.count, 0)) + digits
    }
}
