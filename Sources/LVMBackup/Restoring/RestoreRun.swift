package import Archive
package import Lifecycle
import Synchronization

/// A restore as a run of its own: with hooks, events and releases as a backup has them.
package struct RestoreRun: Sendable {
    package struct Report: Sendable {
        package var restored: RestoreReport
        /// Nil where no binary logs were applied.
        package var replay: PointInTimeRestore.Report?
    }

    /// The work of the step.
    package enum Work: Sendable {
        case plain(Restore)
        case pointInTime(PointInTimeRestore)
        case toVolume(VolumeRestore)

        package var restore: Restore {
            switch self {
            case .plain(let restore): restore
            case .pointInTime(let work): work.restore
            case .toVolume(let work): work.restore
            }
        }
    }

    package var hooks = RunHooks()
    /// How long the whole run may take; nil: no limit.
    package var timeout: Duration?
    private let work: Work
    private let configuration: Configuration
    private let guardian: GuardianLauncher?

    /// - Parameter guardian: releases what this process holds, should it end suddenly; nil: the next command does.
    package init(_ work: Work, configuration: Configuration, guardian: GuardianLauncher?) {
        self.work = work
        self.configuration = configuration
        self.guardian = guardian
    }

    /// Restores the set.
    ///
    /// Does not throw: the outcome says how it ended.
    package func run() async -> (outcome: Outcome, report: Report?) {
        let result = Mutex<Report?>(nil)
        let beginning = SetRunBeginning(configuration: configuration, guardian: guardian)
        var recorded = RecordedRun(
            configuration: configuration,
            options: hooks.options(.restore, configuration, timeout: timeout)
        )
        recorded.begin = { [work] in try await beginning.begin($0, work.place, request: work.request) }
        let outcome = await recorded.run { record in
            var table = hooks.table
            table.provide(
                .restore,
                by: RestoreStep(work: work, record: record) { report in result.withLock { $0 = report } }
            )
            return table
        }
        return (outcome, result.withLock { $0 })
    }
}

extension RestoreRun.Work {
    fileprivate var place: SetPlace? {
        if case .set(let place) = restore.source { place } else { nil }
    }

    /// The facts for hooks.
    fileprivate var request: RestoreRequest {
        var request = RestoreRequest(target: absolute(restore.target))
        request.only = restore.only?.texts ?? []
        request.isForced = restore.isForced
        request.acceptsAnyServer = restore.acceptsAnyServer
        if case .pointInTime(let work) = self {
            request.until = work.until
            request.binlogs = absolute(work.logs)
        }
        return request
    }
}
