import Testing

/// Another server of the machine, as in a container: it too calls its data directory /var/lib/mysql, which for it is
/// another file system.
///
/// It listens on 127.0.0.1:3307.
struct SecondServer: Sendable {
    static let socket = "/run/mysqld/second.sock"
    private static let directory = "/srv/second"
    private let process: Command
    private let volume: String?

    /// - Parameter volume: a logical volume that is made for it; nil for a directory of the second disk.
    static func start(onVolume volume: String? = nil) async throws -> SecondServer {
        if let volume { try await mount(volume) } else { try await check("rm", "-rf", directory) }
        try await check("mkdir", "-p", directory)
        try await check("cp", "-a", "/var/tmp/lab-template/data/.", directory)
        try await check("chown", "mysql:", directory)
        let process = try Command([
            "unshare", "--mount", "--propagation", "private", "bash", "-c",
            """
            mount --bind \(directory) /var/lib/mysql
            exec \(ServerProduct.here.server) --no-defaults --user=mysql --datadir=/var/lib/mysql \
            --bind-address=127.0.0.1 --port=3307 --socket=\(socket) --pid-file=/run/mysqld/second.pid \
            --skip-name-resolve \(ServerProduct.here.smallOptions.joined(separator: " "))
            """,
        ])
        try await until("the second server answers", limit: .seconds(120)) {
            try #require(process.isRunning, "the second server ended: \(process.errors.suffix(4000))")
            return try await ServerProduct.here.answers(on: socket)
        }
        let server = SecondServer(process: process, volume: volume)
        try await server.query(
            "CREATE USER probe@'127.0.0.1' IDENTIFIED BY 'right'; GRANT ALL ON *.* TO probe@'127.0.0.1'"
        )
        return server
    }

    private static func mount(_ volume: String) async throws {
        let parts = volume.split(separator: "/").map(String.init)
        try await check("lvcreate", "-q", "-y", "-Wy", "-L", "320M", "-n", parts[1], parts[0])
        try await check("mkfs.xfs", "-q", "/dev/\(volume)")
        try await check("mkdir", "-p", directory)
        try await check("mount", "/dev/\(volume)", directory)
    }

    @discardableResult
    func query(_ statement: String, at location: SourceLocation = #_sourceLocation) async throws -> [[String]] {
        try await DatabaseHost.query(statement, socket: Self.socket, at: location)
    }

    /// Its volume goes with it.
    func stop() async throws {
        process.signal(15)
        _ = await process.wait(limit: .seconds(30))
        guard let volume else { return }
        try await check("umount", Self.directory)
        try await check("lvremove", "-q", "-y", volume)
    }
}
