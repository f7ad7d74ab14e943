import Lifecycle

/// The usual values of a test's run.
package enum Samples {
    static let server = Server(
        flavour: "mariadb",
        version: "10.11.6-MariaDB-log",
        datadir: "/var/lib/mysql",
        files: [DataFile(role: .datadir, path: "/var/lib/mysql")],
        engines: [EngineUse(engine: "InnoDB", userTables: 12, systemTables: 4, isTransactional: true)]
    )

    static let volume = Volume(
        group: "vg0",
        name: "mysql",
        uuid: "n2Zs9T-0aXw-3QbY-sample",
        device: "/dev/vg0/mysql",
        deviceNumber: "253:0",
        size: 100 << 30,
        free: 20 << 30,
        filesystem: "xfs",
        mountPoints: ["/var/lib/mysql"]
    )

    static let paths = [DataPath(role: .datadir, path: "/var/lib/mysql", pathOnVolume: "")]

    static let coordinates = Coordinates(
        binlog: .init(file: "binlog.000007", position: 4711),
        gtid: "0-1-270"
    )

    static let lock = LockFields(plan: "stage", reason: "every table is transactional", held: 0.25)
    static let snapshot = SnapshotFields(
        name: "vg0/mysql_snapshot-7f3a",
        device: "/dev/vg0/mysql_snapshot-7f3a",
        uuid: "kT4q2c-7fLs-9PdE-sample"
    )
    static let mount = MountFields(path: "/run/lvmbackup/7f3a/mnt", mountPoint: "/run/lvmbackup/7f3a/mnt")
    static let recovery = RecoveryFields(clean: true)
    static let archive = ArchiveFields(location: "data.tar.zst", bytes: 1 << 30, files: 1234)
    static let set = BackupSet(
        id: FakeRun.id,
        location: "/backups/\(FakeRun.id)",
        manifest: "/backups/\(FakeRun.id)/manifest.json"
    )
    /// The set of a restore or a verification.
    static let storedSet: BackupSet = {
        var stored = set
        (stored.host, stored.created) = ("db1", FakeClock.start)
        return stored
    }()
    static let request: RestoreRequest = {
        var request = RestoreRequest(target: "/var/lib/mysql")
        (request.members, request.bytes) = (1234, 4 << 30)
        return request
    }()
    static let restoration = Restoration(target: "/var/lib/mysql", files: 1234, bytes: 4 << 30)
    static let verification = Verification(level: "start")
    /// The settings of a run that is given none.
    package static let config = LuaValue.table([
        "lock": .text("auto"), "compress": .text("zstd"), "snapshot_only": .bool(false), "exclude": .list([]),
        "innodb_recovery": .bool(true), "max_lock": .number(30), "lock_wait_timeout": .number(60),
    ])
    static let failure = Failure(.failed, "the disk is full", advice: "make room", step: .archive, provider: "archive")

    // MARK: Fields of values that are not data

    struct LockFields: Codable {
        var plan, reason: String
        /// Nil: as the point of the run has it.
        var isHeld: Bool?
        var held: Double?

        private enum CodingKeys: String, CodingKey {
            case plan, reason
            case isHeld = "is_held"
            case held
        }
    }

    struct SnapshotFields: Codable { var name, device, uuid: String }

    struct MountFields: Codable {
        var path, mountPoint: String

        private enum CodingKeys: String, CodingKey {
            case path
            case mountPoint = "mount_point"
        }

        init(path: String, mountPoint: String) {
            self.path = path
            self.mountPoint = mountPoint
        }
    }

    struct RecoveryFields: Codable {
        var clean: Bool
        var log: String?
    }

    struct ArchiveFields: Codable {
        var location: String
        var bytes: Int64
        var files: Int
    }
}
