import Archive
import FoundationEssentials
import Host
import LVMBackup
import Lifecycle
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A set whose snapshot is the backup; gone with this value.
///
/// The steps that need LVM and a server are replaced.
final class KeptSet {
    private let scratch: String
    let place: SetPlace
    let run: String

    var destination: String { scratch + "/sets" }

    /// Commands and records of the test alone.
    var configuration: Configuration { Self.configuration(scratch) }

    /// - Parameter paths: where the server's data is.
    init(datadir: String = "/var/lib/mysql", paths: [DataPath] = []) async throws {
        scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        guard mkdir(scratch + "/sets", 0o700) == 0 else { throw CocoaError(.fileWriteUnknown) }
        var configuration = Self.configuration(scratch)
        configuration.destination = scratch + "/sets"
        configuration.snapshotOnly = true
        var backup = Backup(configuration: configuration)
        let server = Server(flavour: "mariadb", version: "10.11.0-MariaDB", datadir: datadir)
        let volume = Volume(
            group: "vg0",
            name: "mysql",
            uuid: "uuid-mysql",
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
            .result(
                Snapshot(
                    name: "vg0/kept",
                    device: "/dev/null",
                    uuid: "uuid-kept",
                    check: {},
                    keep: {},
                    release: Release("snapshot") {}
                )
            )
        }
        backup.replace(.mount) { _ in .declined("the snapshot itself is the backup") }
        let outcome = await backup.run()
        guard let set = outcome.set, let name = set.location.split(separator: "/").last else {
            throw outcome.failure ?? Failure(.failed, "no set")
        }
        run = set.id
        place = SetPlace(destination: scratch + "/sets", name: String(name))
    }

    deinit { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover in /var/tmp fails no test

    private static func configuration(_ scratch: String) -> Configuration {
        var configuration = Configuration()
        configuration.stateDirectory = scratch + "/state"
        configuration.runDirectory = scratch + "/run"
        return configuration
    }
}
