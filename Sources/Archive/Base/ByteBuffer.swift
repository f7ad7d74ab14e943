import Glibc

/// A growing piece of memory that is reused from frame to frame.
// @unchecked: one thread at a time; a frame is handed on under the pipeline's monitor.
final class ByteBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 512)
        base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 64)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func removeAll() { count = 0 }

    /// Makes room for `extra` bytes behind the last one; returns where they go.
    func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if count + extra > capacity {
            let larger = max(count + extra, capacity + capacity / 2)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
            moved.copyMemory(from: base, byteCount: count)
            base.deallocate()
            base = moved
            capacity = larger
        }
        return base + count
    }

    /// Counts bytes that were written at the place from `reserve`.
    func commit(_ written: Int) { count += written }

    func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        reserve(source.count).copyMemory(from: start, byteCount: source.count)
        commit(source.count)
    }

    func append(_ source: [UInt8]) { source.withUnsafeBytes { append($0) } }

    func appendZeros(_ number: Int) {
        guard number > 0 else { return }
        memset(reserve(number), 0, number)
        commit(number)
    }

    /// Fills up to the next multiple of a tar block, counted from `start`.
    func padToBlock(from start: Int) { appendZeros((512 - (count - start) % 512) % 512) }
}
