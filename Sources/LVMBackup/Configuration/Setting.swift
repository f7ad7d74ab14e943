/// A setting by its long option's name, which is its key in the configuration file as well.
package enum Setting: String, CaseIterable, Sendable {
    case allowInconsistent = "allow-inconsistent"
    case backupDirectory = "backup-directory"
    case compress
    case defaultsFile = "defaults-file"
    case dryRun = "dry-run"
    case exclude
    case hooksDirectory = "hooks-directory"
    case host
    case innodbRecovery = "innodb-recovery"
    case journal
    case json
    case keepDaily = "keep-daily"
    case keepHourly = "keep-hourly"
    case keepLast = "keep-last"
    case keepMonthly = "keep-monthly"
    case keepWeekly = "keep-weekly"
    case keepWithin = "keep-within"
    case keepYearly = "keep-yearly"
    case lock
    case lockWaitTimeout = "lock-wait-timeout"
    case logLevel = "log-level"
    case logicalVolume = "logical-volume"
    case maxLock = "max-lock"
    case maxQueryAge = "max-query-age"
    case metrics
    case mountDirectory = "mount-directory"
    case port
    case quiet
    case scratch
    case serverExecutable = "server-executable"
    case skipExtraFlushTables = "skip-extra-flush-tables"
    case skipFlushTables = "skip-flush-tables"
    case snapshotExtendAt = "snapshot-extend-at"
    case snapshotMax = "snapshot-max"
    case snapshotName = "snapshot-name"
    case snapshotOnly = "snapshot-only"
    case snapshotSize = "snapshot-size"
    case socket
    case strictHooks = "strict-hooks"
    case syslog
    case threads
    case timeout
    case user
    case verify

    /// The form of a setting's value.
    enum Form: Equatable {
        case flag
        case integer
        case list
        case text
    }

    var form: Form {
        switch self {
        case .allowInconsistent, .dryRun, .innodbRecovery, .journal, .json, .quiet, .skipExtraFlushTables,
            .skipFlushTables, .snapshotOnly, .strictHooks, .syslog:
            .flag
        case .keepDaily, .keepHourly, .keepLast, .keepMonthly, .keepWeekly, .keepYearly, .port, .threads: .integer
        case .exclude: .list
        default: .text
        }
    }

    /// The environment variable that carries it, such as `LVMBACKUP_KEEP_LAST`.
    package var environmentVariable: String {
        "LVMBACKUP_" + rawValue.uppercased().split(separator: "-").joined(separator: "_")
    }
}

/// A setting's value, before it is checked.
package enum SettingValue: Sendable, Equatable {
    case flag(Bool)
    case integer(Int)
    case list([String])
    case text(String)
}
