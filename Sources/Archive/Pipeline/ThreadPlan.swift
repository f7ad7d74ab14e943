import Glibc

/// How many threads compress, and in what portions: together they decide how much memory an archive takes.
struct ThreadPlan: Equatable, Sendable {
    var workers: Int
    /// Bytes of a frame before compression, about.
    var frameSize: Int

    /// Frames in flight: each worker's own, and some that wait for their turn to be written.
    var frames: Int { workers + 2 }

    /// - Parameter threads: nil for the standard: a thread more than cores, as each waits for a disk at
    ///   times, and no more than 16.
    init(threads: Int?) {
        let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        workers = max(1, threads ?? min(cores + 1, 16))
        // 4 MiB for up to four workers, then less each, so that the memory stays the same. Level 1 of zstd looks back
        // half a mebibyte, so smaller frames cost next to nothing.
        frameSize = workers <= 4 ? 4 << 20 : max(1 << 20, (16 << 20) / workers)
    }
}
