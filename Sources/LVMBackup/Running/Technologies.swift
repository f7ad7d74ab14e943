import Archive
import LVM
import Lifecycle
import MySQL
package import Storage

/// The storage and the database of a run.
package struct Technologies: Sendable {
    package let storage: any SnapshotStorage
    package let database: any Database

    package init(storage: any SnapshotStorage, database: any Database) {
        self.storage = storage
        self.database = database
    }

    /// The built-in ones: a new technology is a module of its own, and takes a place here.
    ///
    /// - Parameter parts: the texts of the configuration, read; nil where only remains of runs are released.
    init(_ configuration: Configuration, _ parts: Parts? = nil) {
        self.init(storage: LVMStorage(configuration, parts), database: MySQLDatabase(configuration, parts))
    }
}

extension LVMStorage {
    fileprivate init(_ configuration: Configuration, _ parts: Parts?) {
        let planner = SnapshotPlanner(
            size: configuration.snapshotSize ?? "",
            name: configuration.snapshotName,
            autoextend: parts?.autoextend ?? AutoextendPolicy()
        )
        self.init(
            planner: planner,
            logicalVolume: configuration.logicalVolume,
            mountDirectory: configuration.mountDirectory
        )
    }
}

extension MySQLDatabase {
    fileprivate init(_ configuration: Configuration, _ parts: Parts?) {
        var options = MySQLOptions(connection: configuration.connectionOptions)
        options.lock = LockPlanOption(configuration.lock)
        options.allowsInconsistent = configuration.allowInconsistent
        options.skipsExtraFlush = configuration.skipExtraFlushTables
        options.lockWaitTimeout = configuration.lockWaitTimeout
        options.flushTimeout = min(options.flushTimeout, configuration.lockWaitTimeout)
        options.maxQueryAge = configuration.maxQueryAge
        options.recovers = configuration.innodbRecovery
        options.serverExecutable = configuration.serverExecutable
        if let patterns = parts?.excludes {
            options.dataRules = DataRules { patterns.leavesOut($0, in: $1, isDirectory: $2) }
        }
        self.init(options: options)
    }
}

extension LockPlanOption {
    fileprivate init(_ choice: LockChoice) {
        self =
            switch choice {
            case .auto: .auto
            case .stage: .stage
            case .instance: .instance
            case .readLock: .readLock
            case .none: .none
            }
    }
}
