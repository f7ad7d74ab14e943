import LVMBackup
import Synchronization

/// The facts of a run that its summary tells.
final class RunFacts: Sendable {
    struct Values: Sendable {
        /// The names of the released things, in order.
        var released: [String] = []
        /// The names of the older sets that were removed.
        var removed: [String] = []
        var archive: ArchivedSize?
        /// The level of the verification that succeeded.
        var verified: String?
        var isDryRun = false
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func hear(_ event: Event) {
        state.withLock { values in
            switch event.fact {
            case .started(let start): values.isDryRun = start.isDryRun
            case .released(let release): values.released.append(release.name)
            case .archived(let archive): values.archive = ArchivedSize(archive)
            case .retained(let retention): values.removed = retention.removed
            case .verified(let verification): values.verified = verification.level
            default: break
            }
        }
    }
}
