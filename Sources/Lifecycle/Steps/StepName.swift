/// The name of a stage of a run, in the order in which a backup goes through them; ``RunKind`` has the steps of each run.
public enum StepName: String, CaseIterable, Codable, Hashable, Sendable {
    /// Checks root, tools, directories and the destination.
    case preflight
    /// Opens a session with the server.
    case connect
    /// Finds the volume and the paths of the data.
    case locate
    /// Takes the run lock, starts the guardian, and settles the snapshot to be made.
    case prepare
    /// Flushes tables without a lock, so that the locked flush is short.
    case flush
    /// Takes the lock; the engine releases it right after `snapshot`.
    case lock
    /// Makes the snapshot.
    case snapshot
    /// Mounts the snapshot.
    case mount
    /// Recovers the data in the snapshot.
    case recover
    /// Verifies the recovered data, or a set.
    case verify
    /// Writes the archive.
    case archive
    /// Publishes the archive as a backup set.
    case publish
    /// Removes older sets.
    case retain
    /// Restores a set.
    case restore
}

extension StepName: Comparable {
    /// Earlier steps are less than later ones.
    public static func < (left: StepName, right: StepName) -> Bool {
        left.position < right.position
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
