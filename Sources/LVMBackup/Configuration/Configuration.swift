package import Hooks

/// All settings of a backup; the defaults are those of the command.
public struct Configuration: Sendable, Equatable {
    /// The directory that receives backup sets, or "-" for the archive on standard output; nil where a replaced
    /// `archive` needs none.
    public var destination: String?

    // MARK: LVM

    /// "group/volume" or a device path; nil: found from the server's data directory.
    public var logicalVolume: String?
    /// Nil: the volume's name, "_snapshot" and the run's own suffix.
    public var snapshotName: String?
    /// As `--snapshot-size` spells it; nil: the smaller of 20 % of the volume and what the group has free.
    public var snapshotSize: String?
    /// As `--snapshot-extend-at` spells it; nil: 70 %.
    public var snapshotExtendAt: String?
    /// As `--snapshot-max` spells it; nil: as large as the volume.
    public var snapshotMax: String?
    /// Where the snapshot is mounted; nil: a private directory of the run.
    public var mountDirectory: String?
    /// The snapshot itself is the backup, and is kept.
    public var snapshotOnly = false

    // MARK: Database

    /// Nil: the client library's own option files.
    public var defaultsFile: String?
    /// The account of the connection; nil: that of the option file, or root.
    public var user: String?
    /// The password of the account; nil: that of the option file.
    public var password: Secret?
    /// The host of the server; nil or "localhost" for its socket.
    public var host: String?
    /// The socket of the server; nil: that of the option file, or a usual one.
    public var socket: String?
    /// The port of the server; nil: that of the option file.
    public var port: Int?
    /// The lock plan, or `auto`.
    public var lock = LockChoice.auto
    /// Skips the flush without a lock before the read lock.
    public var skipExtraFlushTables = false
    /// Lets `--lock none` go on where tables or files do not qualify; the set says so.
    public var allowInconsistent = false
    /// How long the lock may be held.
    public var maxLock: Duration = .seconds(30)
    /// How long writers may be made to wait for the lock.
    public var lockWaitTimeout: Duration = .seconds(60)
    /// The read lock is not asked for while a statement has been running longer than this; nil: not looked at.
    public var maxQueryAge: Duration? = .seconds(60)
    /// Recovers the copy before it is archived.
    public var innodbRecovery = true
    /// The program of the recovery server, as the live server sees it; nil: the live server's own, where it is root's.
    public var serverExecutable: String?

    // MARK: Archive

    /// As `--compress` spells it: "zstd", "zstd:3", "gzip:6", "none".
    public var compress = "zstd"
    /// Patterns of paths relative to the data directory.
    public var exclude: [String] = []
    /// Worker threads; nil: one for each core.
    public var threads: Int?

    // MARK: Verification

    /// The level at which the published set is verified, as `--verify` spells it; nil: it is not.
    public var verify: String?
    /// The directory that gets the restored data of a verification; nil: the one of the sets.
    public var scratch: String?

    // MARK: Retention: a set stays that one of the rules keeps; without a rule all stay

    /// How many of the newest sets stay.
    public var keepLast: Int?
    /// In how many of the newest hours that have a set its last one stays; the same below for longer periods.
    public var keepHourly: Int?
    /// The same for days.
    public var keepDaily: Int?
    /// The same for weeks.
    public var keepWeekly: Int?
    /// The same for months.
    public var keepMonthly: Int?
    /// The same for years.
    public var keepYearly: Int?
    /// How much older than the newest set a set may be to stay.
    public var keepWithin: Duration?

    // MARK: Hooks

    /// Where the Lua hook files are; nil: /etc/lvmbackup/hooks.d, where it exists.
    public var hooksDirectory: String?
    /// The configuration's options for each hook file, by its name.
    package var hookOptions: [String: [String: LuaValue]] = [:]
    /// The options of `--set` for each hook file, for one run; they override `hookOptions`, and go into the manifest.
    public var givenHookOptions: [String: [String: String]] = [:]
    /// A hook that fails, and whose error is a warning, makes the exit status 2.
    public var strictHooks = false

    // MARK: Run

    /// Performs the steps up to `prepare`, and prints the others.
    public var dryRun = false
    /// Told as the run's own warnings when it starts.
    public var warnings: [String] = []
    /// How long the whole run may take; nil: no limit.
    public var timeout: Duration?
    /// Holds run locks and mount points; does not survive a reboot.
    public var runDirectory = "/run/lvmbackup"
    /// Holds the records of runs; survives a reboot.
    public var stateDirectory = "/var/lib/lvmbackup"

    /// Creates a configuration of the command's defaults.
    public init(destination: String? = nil) { self.destination = destination }
}

/// The values of `--lock`.
public enum LockChoice: String, CaseIterable, Sendable {
    /// The plan that blocks writers least.
    case auto
    /// `BACKUP STAGE`, of MariaDB 10.4 and later.
    case stage
    /// `LOCK INSTANCE FOR BACKUP`, of MySQL 8.0 and later.
    case instance
    /// No lock: for InnoDB alone, with everything on one volume.
    case none
    /// `FLUSH TABLES WITH READ LOCK`.
    case readLock = "read-lock"
}

/// A text that no log, event or error shows.
public struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The text itself.
    public let value: String

    /// Wraps a text.
    public init(_ value: String) { self.value = value }

    /// A fixed text.
    public var description: String { "[secret]" }
    /// A fixed text.
    public var debugDescription: String { "[secret]" }
}
