import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The input of a command that a thread of this process writes while the command runs.
package final class CommandFeed: Sendable {
    /// For the command.
    package let end: CommandEnd
    // A socket, because writing to a pipe without a reader raises SIGPIPE.
    private let sink: Descriptor
    private let count = Mutex<UInt64>(0)

    /// Bytes that the command has taken.
    package var sent: UInt64 { count.withLock { $0 } }

    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init() throws {
        let (child, sink) = try Descriptor.socketPair()
        end = CommandEnd(child)
        self.sink = sink
    }

    /// Writes a part of a file; blocks until the command has read nearly all of it.
    ///
    /// - Returns: whether the command still reads.
    /// - Throws: ``HostError``, also where the file is shorter.
    package func write(_ file: HeldFile, _ range: Range<UInt64>) throws -> Bool {
        var place = range.lowerBound
        while place < range.upperBound {
            let bytes = try file.read(from: place, count: Int(min(range.upperBound - place, 1 << 20)))
            guard !bytes.isEmpty else {
                throw HostError.malformed(file.path, reason: "it ends before byte \(range.upperBound)")
            }
            guard send(bytes) else { return false }
            place += UInt64(bytes.count)
        }
        return true
    }

    /// Lets the command see the end.
    package func close() { shutdown(sink.number, Int32(SHUT_WR)) }

    private func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(sink.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
            self.count.withLock { $0 += UInt64(count) }
        }
        return true
    }
}
