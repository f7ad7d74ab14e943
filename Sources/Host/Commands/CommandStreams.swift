#if canImport(Glibc)
    import Glibc
#endif

/// The output of a command, kept up to a limit and drained beyond it, so that the command never blocks.
struct CommandOutput {
    private(set) var bytes: [UInt8] = []
    private var source: Descriptor?
    private let limit: Int
    private let hear: (@Sendable (ArraySlice<UInt8>) -> Void)?

    init(
        _ source: Descriptor,
        keeping limit: Int = Command.outputLimit,
        hear: (@Sendable (ArraySlice<UInt8>) -> Void)? = nil
    ) {
        self.limit = limit
        self.hear = hear
        source.setNonBlocking()
        self.source = source
    }

    var pollNumber: Int32 { source?.number ?? -1 }

    /// Takes the bytes that are there now, up to a MiB: the waiting caller has to check the deadline in between.
    mutating func drain() {
        guard let source else { return }
        let capacity = 64 << 10
        withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 16) { buffer in
            for _ in 0..<16 {
                let count = read(source.number, buffer.baseAddress, capacity)
                if count > 0 {
                    let room = limit - bytes.count
                    bytes.append(contentsOf: buffer.prefix(min(count, room)))
                    hear?(ArraySlice(buffer.prefix(count)))
                } else if count == 0 {
                    self.source = nil
                    return
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}

/// The input of a command.
struct CommandInput {
    private let sink: Descriptor
    private var rest: ArraySlice<UInt8>

    var number: Int32 { sink.number }

    /// The child's standard input, and the bytes that are still to be written to it.
    ///
    /// - Parameter isHeld: whether more input will follow, although none is known yet.
    static func prepare(_ bytes: [UInt8], isHeld: Bool) throws -> (child: Descriptor, input: CommandInput?) {
        guard !bytes.isEmpty || isHeld else { return (try .open("/dev/null", O_RDONLY), nil) }
        // A socket, because writing to a pipe without a reader raises SIGPIPE.
        let (child, sink) = try Descriptor.socketPair()
        sink.setNonBlocking()
        return (child, CommandInput(sink: sink, rest: bytes[...]))
    }

    mutating func add(_ bytes: [UInt8]) { rest += bytes }

    /// Writes as much as fits.
    ///
    /// False when all is written, which the reader then sees, or when there is no reader.
    mutating func write() -> Bool {
        if send() { return true }
        close()
        return false
    }

    /// Writes as much as fits.
    ///
    /// False when all is written, or when there is no reader.
    mutating func send() -> Bool {
        guard !rest.isEmpty else { return false }
        let count = rest.withUnsafeBytes { Glibc.send(sink.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count > 0 { rest = rest.dropFirst(count) }
        if count < 0, errno == EAGAIN || errno == EINTR { return true }
        return count >= 0 && !rest.isEmpty
    }

    /// Lets the reader see the end.
    func close() {
        // Not left to the descriptor's owners: there may be several.
        shutdown(sink.number, Int32(SHUT_WR))
    }
}
