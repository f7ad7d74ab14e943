import Archive
import Lifecycle

/// Restores a set or a stream, with binary logs where they are asked for.
struct RestoreStep: StepProvider {
    let name = "restore"
    let work: RestoreRun.Work
    let record: RunFile
    /// Gets the numbers of a restore that went well.
    let onSuccess: @Sendable (RestoreRun.Report) -> Void

    func provide(_ run: Run) async throws -> Provision<Restoration> {
        let report: RestoreRun.Report
        do { report = try await perform(run) } catch {
            throw RestoreFailure(error, target: work.restore.target).failure
        }
        onSuccess(report)
        return .result(Restoration(report, target: run.restore?.target ?? work.restore.target))
    }

    func plan(_ run: Run) async throws -> [String] { [] }

    private func perform(_ run: Run) async throws -> RestoreRun.Report {
        // The bytes are those of the whole set.
        let total = run.restore?.only.isEmpty == true ? run.restore?.bytes : nil
        let pace = ProgressPace()
        let tell: @Sendable (Int64) -> Void = { bytes in
            guard pace.isDue else { return }
            run.progress(Progress(step: .restore, bytes: bytes, totalBytes: total, files: 0))
        }
        switch work {
        case .plain(var restore):
            restore.onProgress = tell
            return RestoreRun.Report(restored: try await restore.run())
        case .pointInTime(var work):
            work.restore.onProgress = tell
            let report = try await work.run(run.id, record, ReleaseScope(of: run))
            return RestoreRun.Report(restored: report.restored, replay: report)
        case .toVolume(var work):
            work.restore.onProgress = tell
            return RestoreRun.Report(restored: try await work.run(run.id, record, ReleaseScope(of: run)))
        }
    }
}

extension Restoration {
    fileprivate init(_ report: RestoreRun.Report, target: String) {
        self.init(target: target, files: report.restored.files, bytes: report.restored.bytes)
        kept = report.restored.kept
        leftOut = report.restored.leftOutCount
        isChecked = report.restored.isChecked
        transactions = report.replay?.transactions
        position = report.replay?.position
        gtid = report.replay?.gtid
    }
}
