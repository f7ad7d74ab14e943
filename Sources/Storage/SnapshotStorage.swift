package import Host
package import Lifecycle

/// A storage that freezes the file system of a running database, such as LVM.
///
/// One value serves one run: its steps share the plan that ``prepare(_:_:lock:)`` settled. `StorageProperty` of the tests
/// says what all of them have to do.
package protocol SnapshotStorage: Sendable {
    /// Finds the volume of the server's data, and proves that the data is the server's.
    var locate: any StepProvider<Location> { get }
    /// Makes the snapshot: under the lock, so all that can be done before is done in ``prepare(_:_:lock:)``.
    var snapshot: any StepProvider<Snapshot> { get }
    /// Shows the files of the snapshot, and proves that they are the server's.
    var mount: any StepProvider<Mount> { get }
    /// The volumes that runs have made, for the cleanup of stale runs.
    var volumes: any OwnedVolumes { get }
    /// Whether the steps need root.
    var needsRoot: Bool { get }

    /// Settles the snapshot and its mount before the lock, and refuses those that cannot work; changes nothing.
    ///
    /// - Parameter lock: the run's own on the volume; released already in a dry run.
    /// - Throws: the reason why no snapshot can be made, or be mounted.
    func prepare(_ run: Run, _ volume: Volume, lock: RunLock) async throws
}
