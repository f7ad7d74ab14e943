import Host

/// The server's process: it holds the data directory's files open, and answers on the session's socket.
///
/// Its name proves nothing. A process of root may stand in front of it: the init process that made its socket, or a
/// relay.
struct LiveServer: Sendable {
    /// Files that the process holds open, as it sees them itself.
    let openFiles: [String]
    private let table = ProcessTable()
    private let owners = SocketOwners()

    init(openFiles: [String]) { self.openFiles = openFiles }

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
        if let own = peers.first(where: { $0 > 0 && holds($0) }) { return own }
        guard peers.contains(where: { $0 > 0 && table.credentials(of: $0)?.uid == 0 }) else { return nil }
        let holders = try table.pids.filter { holds($0) }
        if holders.count == 1 { return holders[0] }
        let listening = address.map { address in holders.filter { owners.isListening($0, at: address) } } ?? []
        return listening.count == 1 ? listening[0] : nil
    }

    private func holds(_ pid: Int32) -> Bool {
        let open = table.openFiles(of: pid).values
        // Unreadable means ended; a thread of the kernel has no root directory.
        guard !open.isEmpty, let view = try? ProcessView(pid: pid) else { return false }
        return openFiles.contains { path in
            // A path that leads nowhere for this process is no file of its own.
            guard let file = try? view.file(path) else { return false }
            return open.contains { $0.isSameFile(as: file.identity) }
        }
    }
}
