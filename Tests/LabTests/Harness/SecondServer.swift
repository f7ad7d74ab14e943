import Testing

/// Another server of the machine, as in a container: it too calls its data directory /var/lib/mysql, which for it is
/// another file system. It listens on 127.0.0.1:3307.
struct SecondServer: Sendable {
    private let process: Command
    private static let directory = "/srv/second"

    static func start() async throws -> SecondServer {
        try await check("rm", "-rf", directory)
        try await check("cp", "-a", "/var/tmp/lab-template/data", directory)
        let process = try Command([
            "unshare", "--mount", "--propagation", "private", "bash", "-c",
            """
            mount --bind \(directory) /var/lib/mysql
            exec mariadbd --no-defaults --user=mysql --datadir=/var/lib/mysql --bind-address=127.0.0.1 --port=3307 \
            --socket=/run/mysqld/second.sock --pid-file=/run/mysqld/second.pid --innodb-use-native-aio=0 \
            --innodb-buffer-pool-size=64M --innodb-buffer-pool-size-max=256M --innodb-log-file-size=24M \
            --innodb-undo-tablespaces=0 --skip-name-resolve
            """,
        ])
        try await until("the second server answers", limit: .seconds(120)) {
            try #require(process.isRunning, "the second server ended: \(process.errors.suffix(4000))")
            let ping = try await run("mariadb-admin", "--no-defaults", "--socket=/run/mysqld/second.sock", "ping")
            return ping.status == 0
        }
        try await check(
            "mariadb",
            "--no-defaults",
            "--socket=/run/mysqld/second.sock",
            input: "CREATE USER probe@'127.0.0.1' IDENTIFIED BY 'right'; GRANT ALL ON *.* TO probe@'127.0.0.1'"
        )
        return SecondServer(process: process)
    }

    func stop() async {
        process.signal(15)
        _ = await process.wait(limit: .seconds(30))
    }
}
