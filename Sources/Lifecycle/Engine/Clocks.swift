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
