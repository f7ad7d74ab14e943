import Foundation
import Testing

/// A server of its own that the lab's database host replicates from; it listens on 127.0.0.1:3307.
struct ReplicationSource: Sendable {
    private let process: Command
    private static let directory = "/srv/source"
    private static let socket = "/run/mysqld/source.sock"

    /// Starts it and makes a replica of the host; both are over when `body` returns.
    ///
    /// - Parameters:
    ///   - channel: the name of the host's replication channel; empty for the one without a name.
    ///   - options: options of the source.
    @discardableResult
    static func of<Value: Sendable>(
        _ host: DatabaseHost,
        channel: String = "",
        options: [String] = [],
        _ body: (ReplicationSource) async throws -> Value
    ) async throws -> Value {
        let source = try await start(options)
        do {
            try await source.query(
                """
                CREATE USER replica@'127.0.0.1' IDENTIFIED BY 'lab'; GRANT REPLICATION SLAVE ON *.* TO replica@'127.0.0.1';
                CREATE DATABASE site; CREATE TABLE site.entry (id int PRIMARY KEY AUTO_INCREMENT, note varchar(60));
                CREATE TABLE site.stop (now int)
                """
            )
            try await source.query(writer, delimiter: "//")
            try await host.query(attachment(channel))
            let value = try await body(source)
            await source.stop()
            return value
        } catch {
            await source.stop()
            throw error
        }
    }

    /// Statements that make a server a replica of this one, from the beginning of its binary log.
    private static func attachment(_ channel: String) -> String {
        switch ServerProduct.here {
        case .mariadb:
            """
            CHANGE MASTER '\(channel)' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 3307, MASTER_USER = 'replica',
            MASTER_PASSWORD = 'lab', MASTER_LOG_FILE = 'binlog.000001', MASTER_LOG_POS = 4; START SLAVE '\(channel)'
            """
        case .mysql:
            """
            CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 3307, SOURCE_USER = 'replica',
            SOURCE_PASSWORD = 'lab', SOURCE_LOG_FILE = 'binlog.000001', SOURCE_LOG_POS = 4,
            GET_SOURCE_PUBLIC_KEY = 1 FOR CHANNEL '\(channel)';
            START REPLICA FOR CHANNEL '\(channel)'
            """
        }
    }

    private static func start(_ options: [String]) async throws -> ReplicationSource {
        let product = ServerProduct.here
        try await check("rm", "-rf", directory)
        try await check("cp", "-a", "/var/tmp/lab-template/data", directory)
        // A server without one makes a UUID of its own; two of the same do not replicate.
        try await check("rm", "-f", "\(directory)/auto.cnf")
        let process = try Command(
            [
                product.server, "--no-defaults", "--user=mysql", "--datadir=\(directory)", "--bind-address=127.0.0.1",
                "--port=3307", "--socket=\(socket)", "--pid-file=/run/mysqld/source.pid", "--server-id=10",
                "--log-bin=binlog", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
            ] + (product == .mariadb ? ["--binlog-format=ROW"] : []) + product.smallOptions + options
        )
        try await until("the source answers", limit: .seconds(120)) {
            try #require(process.isRunning, "the source ended: \(process.errors.suffix(4000))")
            return try await product.answers(on: socket)
        }
        return ReplicationSource(process: process)
    }

    private func stop() async {
        process.signal(SIGKILL)
        _ = await process.wait(limit: .seconds(30))
        await DatabaseHost.forget()
    }

    @discardableResult
    func query(_ statement: String, delimiter: String = ";", at location: SourceLocation = #_sourceLocation)
        async throws -> [[String]]
    {
        try await DatabaseHost.query(statement, socket: Self.socket, delimiter: delimiter, at: location)
    }

    /// A client that is busy until it ends or is ended.
    func startSession(_ statements: String) throws -> Command {
        try Command(ServerProduct.here.client(Self.socket) + ["-e", statements])
    }

    /// One small transaction after the other, until there is a row in `site.stop`.
    func startLoad() throws -> Command { try startSession("CALL site.write_entries()") }

    private static let writer = """
        CREATE PROCEDURE site.write_entries()
        BEGIN
          DECLARE number int DEFAULT 0;
          WHILE number < 100000 AND NOT EXISTS (SELECT 1 FROM site.stop) DO
            INSERT INTO site.entry (note) VALUES (concat('entry ', uuid()));
            DO SLEEP(0.05);
            SET number = number + 1;
          END WHILE;
        END//
        """

    /// Replays the source's binary log from a position of it into a restored copy.
    func replay(from file: String, _ position: Int, into restored: RestoredServer) async throws {
        let names = try await query("SHOW BINARY LOGS").map { $0[0] }
        let first = try #require(names.firstIndex(of: file), "no \(file) in \(names)")
        let files = names[first...].map { "\(Self.directory)/\($0)" }.joined(separator: " ")
        let command = """
            set -o pipefail; \(ServerProduct.here.binlogReader) --no-defaults --start-position=\(position) \(files) \
            | \(ServerProduct.here.client(RestoredServer.socket).joined(separator: " "))
            """
        try await check("bash", "-c", command)
    }
}
