package import Host

/// The run lock of a volume, waited for.
package enum VolumeLock {
    /// Waits for a while where the owner is dead: its guardian, or somebody's cleanup, is about to be done.
    ///
    /// - Parameter patience: how long a living owner is waited for.
    /// - Throws: ``StorageError/busy(volume:owner:)``, `HostError`, `CancellationError`.
    package static func take(
        _ volume: String,
        owner: RunLock.Owner,
        directory: String,
        patience: Duration = .milliseconds(300)
    ) async throws -> RunLock {
        let start = ContinuousClock.now
        while true {
            do {
                return try RunLock(volume, owner: owner, directory: directory)
            } catch HostError.locked(_, let holder) {
                let limit = holder?.isAlive == false ? max(patience, .seconds(20)) : patience
                guard .now - start < limit else { throw StorageError.busy(volume: volume, owner: holder) }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
