import Synchronization

/// The releases of all things that are still held, newest last.
final class ReleaseStack: Sendable {
    /// When the release runs if all goes well; a failure runs everything, newest first.
    enum Scope: Sendable {
        /// Right after the unlock.
        case lock
        /// After the last byte of the mount was read, before publishing.
        case copy
        /// At the end of the run.
        case run
        /// After all others.
        case last
    }

    struct Entry {
        let id: Int
        let release: Release
        let scope: Scope
        /// The release's command in the run's record; nil where it is not recorded for this entry.
        let recorded: RecordedUndo?
    }

    private struct State {
        var entries: [Entry] = []
        var nextID = 0
    }

    private let state = Mutex(State())

    @discardableResult
    func push(_ release: Release, scope: Scope, recorded: RecordedUndo? = nil) -> Int {
        state.withLock { state in
            state.nextID += 1
            state.entries.append(Entry(id: state.nextID, release: release, scope: scope, recorded: recorded))
            return state.nextID
        }
    }

    /// Takes the newest release of one of the scopes off the stack.
    func pop(_ scopes: Set<Scope>) -> Entry? {
        state.withLock { state in
            guard let index = state.entries.lastIndex(where: { scopes.contains($0.scope) }) else { return nil }
            return state.entries.remove(at: index)
        }
    }

    /// The command of an entry in the run's record.
    func recorded(_ id: Int) -> RecordedUndo? {
        state.withLock { state in state.entries.first { $0.id == id }?.recorded }
    }

    /// Takes a release off the stack without running it: its thing is to stay.
    func dismiss(_ id: Int) {
        state.withLock { state in state.entries.removeAll { $0.id == id } }
    }
}
