import Host
import Lifecycle

/// The mounts of the recovery server: those of the live server, with the copy in the place of the origin, and the
/// recovery directory in sight.
struct RecoveryMounts: Sendable {
    let copy: RecoverableCopy
    let files: RecoveryFiles
    /// Copies of key files over the live ones.
    let keys: [NamespaceCopy.Cover]

    /// Directories that a system can do without for a moment, in the order of trial.
    private static let places = ["/mnt", "/media", "/srv", "/tmp", "/run", "/var/tmp", "/opt", "/home", "/boot"]

    /// Paths that the recovery server has values of its own for.
    private static let replaced: Set<String> = [
        "socket", "pid_file", "tmpdir", "slave_load_tmpdir", "replica_load_tmpdir", "log_error", "general_log_file",
        "slow_query_log_file", "innodb_tmpdir", "mysqlx_socket",
    ]

    /// - Parameter directory: learns under which path the server is going to see it.
    /// - Throws: ``MySQLError/originReachable(_:)``, `HostError`.
    func make(_ directory: inout RecoveryDirectory) async throws -> NamespaceCopy {
        if try !isThere(directory.path) { directory.seen = try place() }
        let covers = try copy.covers() + keys + [NamespaceCopy.Cover(files.seen, over: directory.seen)]
        let namespace = try await NamespaceCopy.make(of: pid, without: copy.paths.origin, covers: covers)
        try OriginGuard(paths: copy.paths).check(namespace)
        return namespace
    }

    private var pid: Int32? { copy.reading.process?.pid }

    /// Whether the server's root directory shows the very directory under its own path.
    private func isThere(_ path: String) throws -> Bool {
        guard let pid else { return true }
        // A path that leads nowhere for the server, or by a link, does not lead there.
        guard let file = try? ProcessView(pid: pid).look(at: FileName(path)) else { return false }
        return try file.status.identity.isSameFile(as: files.top.status().identity)
    }

    /// A directory of the server's root below which it needs no file.
    private func place() throws -> String {
        let view = try ProcessView(pid: pid)
        let used = copy.reading.variables.values.filter { !Self.replaced.contains($0.key) }.values
            .filter { $0.isAbsolutePath }.map(FilePath.normalized)
        let free = Self.places.first { place in
            // A missing place, or one behind a link, is not used.
            guard !used.contains(where: { FilePath.isInside($0, place) }),
                let file = try? view.look(at: FileName(place))
            else { return false }
            return file.status.isDirectory && file.status.identity.uid == 0
        }
        guard let free else {
            throw MySQLError.system(
                "recover",
                on: files.top.path,
                reason: "none of \(Self.places.joined(separator: ", ")) is free in the server's root directory"
            )
        }
        return free
    }
}
