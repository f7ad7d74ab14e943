package import Archive
import Host
import Lifecycle
import MySQL

/// Restores a set to a directory, then applies the server's binary logs up to a place in them.
package struct PointInTimeRestore: Sendable {
    /// The restored files, and how far the logs led.
    package struct Report: Sendable {
        package var restored: RestoreReport
        /// The log and the position behind the last transaction.
        package var position: String
        /// Of the last transaction; nil without GTIDs or without a transaction.
        package var gtid: String?
        /// When the last transaction was committed, in seconds since 1970; nil without one.
        package var time: Double?
        package var transactions: Int
        /// Whether the logs go as far as the target.
        package var isReached: Bool
    }

    /// The owner of the data, where that is none of the accounts of the server's packages.
    package var serverUser: String?
    /// The restore of the set.
    package var restore: Restore
    private let place: SetPlace
    /// The target as it was given.
    let until: String
    private let target: ReplayTarget
    let logs: String
    private let configuration: Configuration

    /// - Parameters:
    ///   - restore: of the set at `place`.
    ///   - target: a time, a position or a GTID, as a person writes it.
    ///   - logs: the directory of the binary logs.
    /// - Throws: `MySQLError` for a text that is no target.
    package init(
        _ restore: Restore,
        of place: SetPlace,
        until target: String,
        logs: String,
        configuration: Configuration
    ) throws {
        self.restore = restore
        self.place = place
        until = target
        self.target = try ReplayTarget(target)
        self.logs = logs
        self.configuration = configuration
    }

    /// It writes no file if the logs do not lead to the target, or a needed program is missing.
    ///
    /// - Parameters:
    ///   - id: marks the processes.
    ///   - record: gets the undo of what is made.
    ///   - scope: releases what is made.
    /// - Throws: ``ReadError``, ``ArchiveError``, `MySQLError`, `HostError`, ``SettingsError``, `CancellationError`
    func run(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> Report {
        try RecordedScope.checkRoot()
        let files = try await place.openForRestore()
        let recorded = try Server(files.manifest, of: place.name)
        let acceptedUser = try RecordedScope.user(serverUser)
        let coordinates = files.manifest.coordinates
        let moment = files.manifest.snapshotTaken?.seconds
        let plan = try await SerialThread.once(name: "binlogs") { [target, logs] in
            try ReplayPlan(to: target, from: coordinates, ofData: moment, in: logs)
        }
        try Replay.checkPrograms(of: recorded, executable: configuration.serverExecutable)
        var restore = restore
        restore.isBeforeReplay = true
        let report = try await restore.run()
        var data = RestoredData(
            manifest: files.manifest,
            recorded: recorded,
            path: restore.target,
            run: id,
            executable: configuration.serverExecutable,
            acceptedUser: acceptedUser,
            record: record,
            scope: scope
        )
        data.outside = try await SerialThread.once(name: "outside") { [target = restore.target] in
            try OutsideData(of: files.manifest, in: HeldDirectory.following(target))
        }
        let server = try await data.start(isWritable: true)
        try await Replay(plan, on: server, run: id).run()
        try await server.shutDown()
        try RestoreJob.endReplay(in: restore.target)
        return Report(
            restored: report,
            position: "\(plan.stop.file):\(plan.stop.position)",
            gtid: plan.stop.gtid,
            time: plan.stop.time,
            transactions: plan.transactions,
            isReached: plan.isReached
        )
    }
}
