import Glibc

/// The time and memory of one run of a command.
struct Measurement {
    /// By the wall.
    let seconds: Double
    /// Of all its processes together, which other load on the machine changes less than the wall time.
    let processorSeconds: Double
    /// Of the largest of its processes.
    let peakMebibytes: Int

    /// Runs a shell command; nil where it fails.
    init?(of command: String) {
        let words: [String] = ["/bin/bash", "-o", "pipefail", "-c", command]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        let start = ContinuousClock.now
        var child = pid_t()
        guard posix_spawn(&child, "/bin/bash", nil, nil, arguments, environ) == 0 else { return nil }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(child, &status, 0, &usage) == child, status == 0 else { return nil }
        let elapsed = (ContinuousClock.now - start).components
        seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        processorSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
        peakMebibytes = usage.ru_maxrss / 1024
    }
}
