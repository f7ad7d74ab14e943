package import Archive
import Glibc
import Host
import LVM
import Lifecycle

/// The state of the kept snapshot of a set, as LVM and the set tell it.
package struct KeptState: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case valid
        /// No volume group that this host sees has the snapshot.
        case gone
        /// The volume was put back to the snapshot, which was used up by that.
        case rolledBack = "rolled_back"
        /// The snapshot has lost its data.
        case invalid
        case merging
        /// The snapshot is on another host.
        case elsewhere
        /// The tags do not show that it is a kept snapshot of this host.
        case unclear
        /// LVM could not be asked.
        case unknown
    }

    package var kind: Kind
    /// The reason for any state but a valid one.
    package var reason: String?
}

/// The states of the kept snapshots of a list of sets.
package struct KeptStates: Sendable {
    private let states: [String: KeptState]

    /// Asks LVM, where one of the sets has a kept snapshot.
    package init(of items: [SetList.Item]) async { await self.init(of: items, tools: LVMTools()) }

    init(of items: [SetList.Item], tools: LVMTools) async {
        let sets = items.compactMap { item -> (item: SetList.Item, kept: KeptSnapshot)? in
            // A set without a kept snapshot has no state.
            guard let kept = try? item.manifest.map({ try KeptSnapshot($0, of: item.name) }) else { return nil }
            return (item, kept)
        }
        var states: [String: KeptState] = [:]
        do {
            let here = try Identity.current()
            let found = try await KeptSnapshots(tools: tools, here: here).states(of: sets.map(\.kept))
            for (set, state) in zip(sets, found) {
                states[set.item.name] = KeptState(state, isRolledBack: set.item.rollback != nil)
            }
        } catch {
            let cause = geteuid() == 0 ? Failure(error).message : "only root can ask LVM"
            let unknown = KeptState(kind: .unknown, reason: "the state of the snapshot is not known: \(cause)")
            for set in sets { states[set.item.name] = unknown }
        }
        self.states = states
    }

    /// - Parameter set: the name of a set.
    /// - Returns: nil for a set without a kept snapshot.
    package subscript(set: String) -> KeptState? { states[set] }
}

extension KeptState {
    fileprivate init(_ state: KeptSnapshot.State, isRolledBack: Bool) {
        switch state {
        case .valid: self.init(kind: .valid)
        case .gone where isRolledBack:
            self.init(kind: .rolledBack, reason: "the volume was rolled back to the snapshot")
        case .gone: self.init(kind: .gone, reason: "the snapshot does not exist any more")
        case .invalid(let why): self.init(kind: .invalid, reason: why)
        case .merging: self.init(kind: .merging, reason: "the snapshot is being merged into its volume")
        case .elsewhere(let host): self.init(kind: .elsewhere, reason: "the snapshot is on host \"\(host)\"")
        case .unclear(let why): self.init(kind: .unclear, reason: "the snapshot is not used: \(why)")
        }
    }
}
