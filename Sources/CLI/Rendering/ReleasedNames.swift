import LVMBackup
import Synchronization

/// What a run has released, for its last words.
final class ReleasedNames: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func hear(_ event: Event) {
        guard case .released(let name, _) = event.fact else { return }
        names.withLock { $0.append(name) }
    }
}
