import LVMBackup
import Synchronization

/// The things that a run has released, for its summary.
final class ReleasedNames: Sendable {
    private let names = Mutex<[String]>([])

    var all: [String] { names.withLock { $0 } }

    func hear(_ event: Event) {
        guard case .released(let name, _) = event.fact else { return }
        names.withLock { $0.append(name) }
    }
}
