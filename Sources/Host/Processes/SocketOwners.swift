#if canImport(Glibc)
    import Glibc
#endif

/// Finds the processes at the other end of a socket of this process, as `/proc` tells.
package struct SocketOwners: Sendable {
    private let table: ProcessTable
    private let deadline: ContinuousClock.Instant

    /// - Parameter limit: the time for all looks; one that it does not suffice for throws.
    package init(table: ProcessTable = ProcessTable(), limit: Duration = .seconds(10)) {
        self.table = table
        deadline = .now + limit
    }

    /// The processes that hold the other end of a TCP connection within this network namespace.
    ///
    /// - Throws: ``HostError``.
    package func peers(ofTCP socket: Int32) throws -> [Int32] {
        let lines = try ["tcp", "tcp6"].flatMap { try Self.lines(of: "/proc/thread-self/net/\($0)") }
        guard let name = readLink("/proc/thread-self/fd/\(socket)"),
            let own = lines.first(where: { "socket:[\($0.inode)]" == name }),
            let other = lines.first(where: { $0.local == own.remote && $0.remote == own.local })
        else { return [] }
        return try holders(of: ["socket:[\(other.inode)]"])
    }

    /// Whether a process holds a listening UNIX socket that was bound to a path, as it was bound.
    ///
    /// - Throws: ``HostError``.
    package func isListening(_ pid: Int32, at path: String) throws -> Bool {
        // Unreadable means ended.
        guard let text = try? readText("/proc/\(pid)/net/unix") else { return false }
        // "address: count protocol flags type state inode path"; flag 10000 is that of a listening one.
        var sockets: Set<String> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 7)
            guard fields.count == 8, fields[3] == "00010000", fields[7] == path else { continue }
            sockets.insert("socket:[\(fields[6])]")
        }
        return try holds(pid, oneOf: sockets)
    }

    private func holders(of names: Set<String>) throws -> [Int32] {
        try table.pids.shuffled().filter { try holds($0, oneOf: names) }
    }

    private func holds(_ pid: Int32, oneOf names: Set<String>) throws -> Bool {
        // Closed in between.
        try table.hasOpen(pid, until: deadline) { readLink($0).map(names.contains) ?? false }
    }

    private struct Line {
        let local: Substring
        let remote: Substring
        let inode: Substring
    }

    private static func lines(of path: String) throws -> [Line] {
        // Without IPv6 there is no such file.
        guard access(path, R_OK) == 0 else { return [] }
        return try readText(path).split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 9 else { return nil }
            return Line(local: plain(fields[1]), remote: plain(fields[2]), inode: fields[9])
        }
    }

    /// An IPv4 address the same way in both tables.
    private static func plain(_ address: Substring) -> Substring {
        let prefix = "0000000000000000FFFF0000"
        return address.hasPrefix(prefix) ? address.dropFirst(prefix.count) : address
    }
}
