import Glibc
import Synchronization

/// The log of all writers: a file, written in pieces.
final class RowLog: Sendable {
    private let pending = Mutex("")
    private let piece: Int
    private let descriptor: Int32

    /// - Parameter piece: how many bytes are collected before they are written.
    init(path: String, piece: Int) throws {
        self.piece = piece
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard descriptor >= 0 else { throw Complaint("cannot write \"\(path)\": \(String(cString: strerror(errno)))") }
    }

    func append(_ line: String) {
        pending.withLock { pending in
            pending += line
            if pending.utf8.count > piece { flush(&pending) }
        }
    }

    func close() {
        pending.withLock { flush(&$0) }
        Glibc.close(descriptor)
    }

    private func flush(_ pending: inout String) {
        pending.withUTF8 { bytes in
            var written = 0
            while written < bytes.count {
                let count = write(descriptor, bytes.baseAddress! + written, bytes.count - written)
                guard count > 0 else { fatalError("the log cannot be written: \(String(cString: strerror(errno)))") }
                written += count
            }
        }
        pending = ""
    }
}
