import LVMBackup

/// Makes a backup set of a directory by a real run whose steps before the archive are left out.
func makeSet(of directory: String, in destination: String) async throws {
    var configuration = Configuration(destination: destination)
    configuration.compress = "zstd:1"
    configuration.stateDirectory = destination + "/state"
    configuration.runDirectory = destination + "/run"
    var backup = Backup(configuration: configuration)
    let volume = Volume(
        group: "bench",
        name: "data",
        uuid: "bench",
        device: "/dev/null",
        size: 1,
        free: 1,
        filesystem: "ext4"
    )
    backup.replace(.connect) { _ in
        .result(Connection(server: Server(flavour: "mariadb", version: "10.11.0-MariaDB", datadir: directory)))
    }
    backup.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
    backup.replace(.flush) { _ in .done }
    backup.replace(.lock) { _ in .result(Lock(plan: "none", reason: "no server runs", proof: {})) }
    backup.replace(.snapshot) { _ in
        .result(Snapshot(name: "bench/data", device: "/dev/null", check: {}, release: Release("snapshot") {}))
    }
    backup.replace(.mount) { _ in
        .result(Mount(path: directory, mountPoint: directory, release: Release("mount") {}))
    }
    backup.replace(.recover) { _ in .result(Recovery(clean: true)) }
    let outcome = await backup.run()
    if let failure = outcome.failure { throw Broken(command: failure.message) }
    say("\(outcome.set?.location ?? "")\n")
}
