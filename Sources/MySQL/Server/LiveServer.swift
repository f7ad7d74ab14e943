import Host

/// The server's process: it holds the data directory's files open, and answers on the session's socket.
///
/// Its name proves nothing. A process of root may stand in front of it: the init process that made its socket, or a
/// relay.
struct LiveServer: Sendable {
    /// Files that the process holds open, as it sees them itself.
    let openFiles: [String]
    private let table = ProcessTable()
    private let owners: SocketOwners
    private let deadline: ContinuousClock.Instant

    /// - Parameter limit: the time for the looks at the open files of all processes; it does not suffice where another user
    ///   has made thousands of processes with a million each.
    init(openFiles: [String], limit: Duration = .seconds(10)) {
        self.openFiles = openFiles
        owners = SocketOwners(limit: limit)
        deadline = .now + limit
    }

    /// Nil where the server is on another machine, or no process is proven to be it.
    ///
    /// - Throws: `HostError`, also where the process's mounts cannot be trusted.
    func process(behind socket: Int32) throws -> Int32? {
        let pid: Int32?
        switch SessionPeer(socket: socket) {
        case .local(let peer): pid = try find([peer], SessionPeer.address(of: socket))
        case .thisHost: pid = try find(owners.peers(ofTCP: socket), nil)
        case .elsewhere: pid = nil
        }
        if let pid { try NamespaceCopy.check(pid) }
        return pid
    }

    private func find(_ peers: [Int32], _ address: String?) throws -> Int32? {
        if let own = try peers.first(where: { try $0 > 0 && holds($0) }) { return own }
        guard peers.contains(where: { $0 > 0 && table.credentials(of: $0)?.uid == 0 }) else { return nil }
        let holders = try table.pids.shuffled().filter { try holds($0) }
        if holders.count == 1 { return holders[0] }
        guard let address else { return nil }
        let listening = try holders.filter { try owners.isListening($0, at: address) }
        return listening.count == 1 ? listening[0] : nil
    }

    private func holds(_ pid: Int32) throws -> Bool {
        // Unreadable means ended; a thread of the kernel has no root directory.
        guard let view = try? ProcessView(pid: pid) else { return false }
        // A path that leads nowhere for this process is no file of its own.
        let wanted = openFiles.compactMap { try? view.file($0).identity }
        guard !wanted.isEmpty else { return false }
        return try table.hasOpen(pid, until: deadline) { link in
            // Closed in between.
            (try? FileIdentity(of: link)).map { open in wanted.contains { $0.isSameFile(as: open) } } ?? false
        }
    }
}
