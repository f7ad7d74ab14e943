import CLinux
import Glibc

/// Writes bytes to a file or a stream, in order, and keeps count and checksum.
final class FileWriter {
    private let descriptor: Descriptor
    private let path: String
    private let hasher = Hasher128()
    private(set) var length: Int64 = 0

    /// - Parameter path: for messages.
    init(_ descriptor: Descriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
        // Best effort: it is no pipe, or the user's share of pipe memory is used up.
        _ = linux_set_pipe_size(descriptor.number, 1_048_576)
    }

    var digest: Digest { hasher.digest }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var rest = bytes
        while let base = rest.baseAddress, rest.count > 0 {
            let written = Glibc.write(descriptor.number, base, rest.count)
            if written >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            } else if errno == EAGAIN {
                waitUntilWritable()
            } else if errno != EINTR {
                throw .unwritable(path: path, errno: errno)
            }
        }
        hasher.update(bytes)
        length += Int64(bytes.count)
    }

    /// Another process that shares the stream may have made it non-blocking.
    private func waitUntilWritable() {
        var request = pollfd(fd: descriptor.number, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, 1000)
    }
}

/// Makes a reader that has gone an error of this thread's writes instead of a signal for the process.
func blockBrokenPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
