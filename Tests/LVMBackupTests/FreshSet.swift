import Archive
import FoundationEssentials
import Host
import LVMBackup
import Lifecycle
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A backup set of a data directory that the installed server's own programs made; gone with this value.
final class FreshSet {
    static let isMariaDB = access("/usr/sbin/mariadbd", X_OK) == 0
    /// Whether this process is root on a host with a server.
    static let isPossible =
        geteuid() == 0 && getpwnam("mysql") != nil && (isMariaDB || access("/usr/sbin/mysqld", X_OK) == 0)

    private static let script = """
        CREATE DATABASE shop;
        CREATE TABLE shop.orders (id INT PRIMARY KEY, what TEXT) ENGINE=InnoDB;
        CREATE TABLE shop.notes (id INT PRIMARY KEY) ENGINE=MyISAM;
        INSERT INTO shop.orders VALUES (1, 'tea'), (2, 'salt');
        INSERT INTO shop.notes VALUES (7);
        CREATE DATABASE other;
        CREATE TABLE other.things (id INT PRIMARY KEY) ENGINE=InnoDB;

        """

    let scratch: String
    let place: SetPlace

    var destination: String { scratch + "/sets" }
    let data: String

    /// Commands and records of the test alone.
    var configuration: Configuration {
        var configuration = Configuration()
        configuration.stateDirectory = scratch + "/state"
        configuration.runDirectory = scratch + "/run"
        return configuration
    }

    /// - Parameter damage: changes the data before it is archived.
    init(damage: (String) throws -> Void = { _ in }) async throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        chmod(scratch, 0o711)
        data = scratch + "/data"
        guard mkdir(scratch + "/sets", 0o700) == 0, mkdir(data, 0o700) == 0, let user = getpwnam("mysql")?.pointee,
            chown(data, user.pw_uid, user.pw_gid) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        try await Self.fill(data)
        try damage(data)
        place = try await Self.place(of: Self.backup(data, to: scratch + "/sets"), in: scratch + "/sets")
    }

    /// A server's data that lies partly outside the data directory, on a volume that is mounted at `vol`.
    struct Layout: Sendable, CustomStringConvertible {
        var description: String
        /// Run in the volume's top, before the statements and behind them.
        var (before, after) = ("", "")
        /// One on each line; `VOL` stands for the volume.
        var statements = ""
        /// Of data outside the data directory, relative to the volume; those of links end with "@".
        var paths: [String] = []
        /// Patterns of the members of the last path; nil for all.
        var names: [String]?
        var settings: [String: String] = [:]

        init(_ description: String) { self.description = description }

        /// - Parameter volume: where it is mounted.
        func locatedPaths(on volume: String) -> [DataPath] {
            paths.map { path in
                let plain = path.hasSuffix("@") ? String(path.dropLast()) : path
                var data = DataPath(
                    role: path.hasSuffix("@") ? .link : .tablespace,
                    path: plain.isEmpty ? volume : volume + "/" + plain,
                    pathOnVolume: plain
                )
                if path == paths.last { data.names = names }
                return data
            } + [DataPath(role: .datadir, path: volume + "/data", pathOnVolume: "data")]
        }
    }

    init(_ layout: Layout) async throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        chmod(scratch, 0o711)
        let volume = scratch + "/vol"
        data = volume + "/data"
        guard mkdir(scratch + "/sets", 0o700) == 0, mkdir(volume, 0o755) == 0, mkdir(data, 0o700) == 0,
            let user = getpwnam("mysql")?.pointee, chown(data, user.pw_uid, user.pw_gid) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        let filled = { (text: String) in text.replacing("VOL", with: volume) }
        try await shell(filled(layout.before) + "\n:", in: volume)
        try await Self.fill(data, filled(layout.statements))
        try await shell(filled(layout.after) + "\n:", in: volume)
        let settings = layout.settings.mapValues(filled)
        let backup = Self.backup(data, on: volume, layout.locatedPaths(on: volume), settings, to: scratch + "/sets")
        place = try await Self.place(of: backup, in: scratch + "/sets")
    }

    private static func place(of backup: Backup, in sets: String) async throws -> SetPlace {
        let outcome = await backup.run()
        guard let location = outcome.set?.location, let name = location.split(separator: "/").last else {
            throw outcome.failure ?? Failure(.failed, "no set")
        }
        return SetPlace(destination: sets, name: String(name))
    }

    deinit { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover in /var/tmp fails no test

    /// Members of the destination, with hidden ones.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: destination).sorted() } }

    /// Hook files as a site has them; returns their directory.
    func hooks(_ files: [String: String]) throws -> String {
        let directory = scratch + "/hooks.d"
        try? FileManager.default.removeItem(atPath: directory)  // of an earlier call, or absent
        guard mkdir(directory, 0o755) == 0 else { throw CocoaError(.fileWriteUnknown) }
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)")) }
        return directory
    }

    private static func fill(_ data: String, _ more: String = "") async throws {
        let script = script + more + "\n"
        // A server that starts removes the temporary tables of all others in its directory.
        let commands =
            isMariaDB
            ? [
                Command(
                    "mariadb-install-db",
                    ["--no-defaults", "--datadir=\(data)", "--user=mysql", "--skip-test-db", "--tmpdir=\(data)"]
                ),
                Command(
                    "mariadbd",
                    ["--no-defaults", "--datadir=\(data)", "--user=mysql", "--tmpdir=\(data)", "--bootstrap"]
                ),
            ]
            : [
                Command(
                    "mysqld",
                    [
                        "--no-defaults", "--initialize-insecure", "--datadir=\(data)", "--user=mysql",
                        "--init-file=\(data).sql", "--tmpdir=\(data)",
                    ]
                )
            ]
        try Data(script.utf8).write(to: URL(filePath: data + ".sql"))
        chmod(data + ".sql", 0o644)
        for (number, command) in commands.enumerated() {
            var command = command
            command.deadline = .seconds(120)
            if number == 1 { command.input = Array(script.utf8) }
            try await Commands.system.run(command).checked(command)
        }
    }

    /// A run whose steps before the archive are replaced: the data is archived as it is.
    static func backup(
        _ data: String,
        on mountPoint: String? = nil,
        _ paths: [DataPath] = [],
        _ settings: [String: String] = [:],
        to destination: String
    ) -> Backup {
        var configuration = Configuration(destination: destination)
        configuration.stateDirectory = FilePathOfParent.parent(of: destination) + "/state"
        configuration.runDirectory = FilePathOfParent.parent(of: destination) + "/run"
        var backup = Backup(configuration: configuration)
        let server = Server(
            flavour: isMariaDB ? "mariadb" : "mysql",
            version: isMariaDB ? "10.11.0-MariaDB" : "9.7.0",
            datadir: data,
            settings: ["innodb_buffer_pool_size": "33554432", "innodb_use_native_aio": "OFF"].merging(settings) { $1 }
        )
        let volume = Volume(
            group: "vg0",
            name: "mysql",
            uuid: "u",
            device: "/dev/null",
            size: 1,
            free: 1,
            filesystem: "xfs"
        )
        backup.replace(.connect) { _ in .result(Connection(server: server)) }
        backup.replace(.locate) { _ in .result(Location(volume: volume, paths: paths)) }
        backup.replace(.flush) { _ in .done }
        backup.replace(.lock) { _ in .result(Lock(plan: "none", reason: "the server is down", proof: {})) }
        backup.replace(.snapshot) { _ in
            .result(Snapshot(name: "vg0/s", device: "/dev/null", check: {}, release: Release("snapshot") {}))
        }
        backup.replace(.mount) { _ in
            .result(Mount(path: data, mountPoint: mountPoint ?? data, release: Release("mount") {}))
        }
        backup.replace(.recover) { _ in .result(Recovery(clean: true)) }
        return backup
    }
}

private enum FilePathOfParent {
    static func parent(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]) }
}
