/// The operator's settings for the server.
package struct MySQLOptions: Sendable {
    package var connection: ConnectionOptions
    package var lock: LockPlanOption = .auto
    /// Lets plan "none" go on where the copy cannot be consistent; the set says so.
    package var allowsInconsistent = false
    /// Skips the flush that makes the locked flush of plan "read-lock" short.
    package var skipsExtraFlush = false
    /// How long writers may be made to wait for the lock, in all.
    package var lockWaitTimeout: Duration = .seconds(60)
    /// How long the flush without a lock may take.
    package var flushTimeout: Duration = .seconds(60)
    /// Plan "read-lock" is not tried while a statement has been running for longer; nil: it is.
    package var maxQueryAge: Duration? = .seconds(60)
    /// Whether the copy is brought into a clean state by a server of its own.
    package var recovers = true
    /// How long that may take.
    package var recoveryTimeout: Duration = .seconds(3600)
    /// Where the recovery server gets its private directory: short enough for a socket's path, outside the volume.
    package var runtimeDirectory = "/run"
    /// Where the log of a failed recovery is kept.
    package var logDirectory = "/var/log/lvmbackup"
    /// The rules by which files beside the tables are data.
    package var dataRules = DataRules()
    /// The executable of the recovery server; nil: the live server's own.
    package var serverExecutable: String?

    package init(connection: ConnectionOptions = ConnectionOptions()) {
        self.connection = connection
    }
}
