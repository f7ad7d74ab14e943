#if canImport(Glibc)
    import Glibc
#endif

/// "2026-11-22 10:15:02" in the machine's time zone.
///
/// - Parameter seconds: since 1970. A number that stands for no time, which another user's file may hold, gives the
///   nearest time that does.
package func localTime(_ seconds: Double) -> String {
    // The year 33658.
    let farthest = 1e12
    var time = seconds.isNaN ? 0 : time_t(min(max(seconds, -farthest), farthest).rounded(.down))
    var parts = tm()
    localtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
