import Archive
import Lifecycle

/// The reason why a restore failed, with what it left and how to go on.
struct RestoreFailure {
    let failure: Failure

    init(_ error: any Error, target: String) {
        var failure = Failure(error)
        if failure.kind == .cancelled { failure.message = "the restore was interrupted" }
        if case ReadError.refusedTarget = error {
            self.failure = failure
            return
        }
        // A target that cannot be read shows no marker; the first error is the one to tell. Without a marker the target
        // holds nothing of this restore.
        if let unfinished = try? RestoreJob.unfinished(in: target) {
            let advice =
                RestoreJob.isPartial(unfinished)
                ? "the directory \"\(target)\" holds some files of the set; remove its content, and restore again"
                : RestoreJob.isReplay(unfinished)
                    ? "the data in \"\(target)\" is between the backup and the target; remove its content, and restore again"
                    : "the directory \"\(target)\" is incomplete, closed to other users, and no server starts on it; run the same command again to go on, or remove its content"
            failure.advice = failure.advice.map { "\($0)\n\(advice)" } ?? advice
        }
        self.failure = failure
    }
}
