#if canImport(Glibc)
    import Glibc
#endif

/// The process at the other end of a local socket, as SO_PEERCRED tells: the one that connected, or that listens.
package struct PeerCredentials: Sendable {
    // The layout is that of the kernel's `struct ucred`, which the C library hides from strict programs.
    /// 0 for a process of another pid namespace.
    package private(set) var pid: Int32 = 0
    package private(set) var uid: UInt32 = 0
    package private(set) var gid: UInt32 = 0

    /// Nil for a socket of another kind.
    package init?(of socket: Int32) {
        var size = socklen_t(MemoryLayout<PeerCredentials>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &self, &size) == 0 else { return nil }
    }
}
