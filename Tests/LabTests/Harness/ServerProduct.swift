import Foundation

/// The product that the lab's root has installed: its programs, and the settings that let it run in a small guest.
enum ServerProduct: String, Sendable {
    case mariadb, mysql

    static let here: ServerProduct =
        FileManager.default.isExecutableFile(atPath: "/usr/sbin/mariadbd") ? .mariadb : .mysql

    var server: String { self == .mariadb ? "mariadbd" : "mysqld" }
    var admin: String { self == .mariadb ? "mariadb-admin" : "mysqladmin" }
    var binlogReader: String { self == .mariadb ? "mariadb-binlog" : "mysqlbinlog" }

    /// The command line of the client, for a socket.
    func client(_ socket: String) -> [String] {
        [self == .mariadb ? "mariadb" : "mysql", "--no-defaults", "--socket=\(socket)"]
    }

    /// The statement whose row begins with file and position of the end of the binary log.
    var binlogStatus: String { self == .mariadb ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS" }

    /// Options of a second server beside the host's.
    var smallOptions: [String] {
        switch self {
        case .mariadb:
            [
                "--innodb-buffer-pool-size=64M", "--loose-innodb-buffer-pool-size-max=256M",
                "--innodb-use-native-aio=0", "--innodb-log-file-size=24M", "--innodb-undo-tablespaces=0",
            ]
        case .mysql:
            [
                "--innodb-buffer-pool-size=64M", "--innodb-use-native-aio=0", "--innodb-redo-log-capacity=48M",
                "--mysqlx=OFF",
            ]
        }
    }

    var skipReplicaStart: String { self == .mariadb ? "--skip-slave-start" : "--skip-replica-start" }

    /// Whether a server answers on the socket.
    func answers(on socket: String) async throws -> Bool {
        try await run(admin, "--no-defaults", "--socket=\(socket)", "ping").status == 0
    }
}
