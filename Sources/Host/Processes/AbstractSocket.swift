#if canImport(Glibc)
    import Glibc
#endif

/// A socket of the abstract namespace, which has a name without a file (unix(7)): any user may take a free name.
package enum AbstractSocket {
    /// The process that listens at a name, such as "@mysql".
    ///
    /// - Throws: ``HostError``, also where no process does.
    package static func listener(at name: String) throws -> PeerCredentials {
        // A null byte stands for "@", and none is at the end.
        try LocalConnection(to: [0] + name.utf8.dropFirst(), name).listener()
    }
}
