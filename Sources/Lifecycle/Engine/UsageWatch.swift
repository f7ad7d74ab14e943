import Synchronization

/// Tells subscribers how full the snapshot is while it is read, and ends the run where it is lost.
final class UsageWatch: Sendable {
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Starts the watch; a snapshot that is half full is checked four times as often.
    func start(_ run: Run, every interval: Duration, by clock: EngineClock, _ abortion: Abortion) {
        guard let usage = run.snapshot?.usage else { return }
        let watch = Task.detached { [services = run.services] in
            var hasWarned = false
            while !Task.isCancelled {
                var pause = interval
                do {
                    if let share = try await usage() {
                        services.publish(.snapshotUsage(share))
                        run.update { $0.peakUsage = max($0.peakUsage ?? 0, share) }
                        if share >= 0.5 { pause = interval / 4 }
                    }
                } catch let lost as SnapshotLost where !Task.isCancelled {
                    return abortion.abort(lost.failure)
                } catch {
                    // A question that was under way when the watch was stopped asks for a removed snapshot.
                    if !Task.isCancelled, !hasWarned {
                        hasWarned = true
                        run.warn("the snapshot's usage cannot be read: \(Failure(error).message)")
                    }
                }
                await clock.sleep(pause)
            }
        }
        task.withLock { $0 = watch }
    }

    /// Ends the watch and waits until it asks nothing more, but not for ever: a question may hang in the kernel.
    ///
    /// - Returns: whether it has ended.
    func stop(limit: Duration = .seconds(150)) async -> Bool {
        guard let watch = task.withLock({ $0 }) else { return true }
        watch.cancel()
        // The limit's own error adds no information.
        return (try? await bounded(by: limit) { await watch.value }) != nil
    }
}
