import FoundationEssentials
import Host
import Lifecycle
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A data directory as the installed server's own program makes it; gone with this value.
final class FreshData: Sendable {
    static let isMariaDB = access("/usr/sbin/mariadbd", X_OK) == 0
    static let isPossible =
        geteuid() == 0 && getpwnam("mysql") != nil && (isMariaDB || access("/usr/sbin/mysqld", X_OK) == 0)

    private let scratch: ScratchDirectory
    let server: Server

    var path: String { scratch.path + "/data" }

    init() async throws {
        scratch = try ScratchDirectory(in: "/var/tmp")
        let data = scratch.path + "/data"
        chmod(scratch.path, 0o711)
        guard mkdir(data, 0o700) == 0, let user = getpwnam("mysql")?.pointee,
            chown(data, user.pw_uid, user.pw_gid) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        // A server that starts removes the temporary tables of all others in its directory.
        let command =
            Self.isMariaDB
            ? Command(
                "mariadb-install-db",
                [
                    "--no-defaults", "--datadir=\(data)", "--user=mysql", "--skip-test-db",
                    "--auth-root-authentication-method=normal", "--tmpdir=\(data)",
                ],
                deadline: .seconds(120)
            )
            : Command(
                "mysqld",
                ["--no-defaults", "--initialize-insecure", "--datadir=\(data)", "--user=mysql", "--tmpdir=\(data)"],
                deadline: .seconds(120)
            )
        _ = try await Commands.system.run(command).checked(command)
        server = Server(
            flavour: Self.isMariaDB ? "mariadb" : "mysql",
            version: Self.isMariaDB ? "10.11.0-MariaDB" : "9.7.0",
            datadir: "/nowhere/mysql",
            settings: ["innodb_buffer_pool_size": "33554432", "innodb_use_native_aio": "OFF"]
        )
    }
}
