import Host
import Lifecycle

/// A snapshot that a run left as its backup (`--snapshot-only`), as the backup set tells of it.
package struct KeptSnapshot: Sendable, Equatable {
    /// "group/name" at the time of the run, for messages: the volume is found by run and UUID.
    package var name: String
    /// Empty where the set does not tell.
    package var uuid: String
    package var run: String
    /// The host of the run.
    package var host: String
    /// When it was made, according to the set; seconds since 1970.
    ///
    /// Nil where the set does not tell.
    package var made: ClosedRange<Double>?

    package init(name: String, uuid: String, run: String, host: String, made: ClosedRange<Double>? = nil) {
        self.made = made
        self.name = name
        self.uuid = uuid
        self.run = run
        self.host = host
    }

    /// The condition of the snapshot, as LVM knows it now.
    package enum State: Sendable, Equatable {
        case valid
        /// No volume group that this host sees has it.
        case gone
        /// Its data is lost, for this reason.
        case invalid(String)
        case merging
        /// It belongs to another host of this name.
        case elsewhere(String)
        /// Its tags do not show that it is a kept snapshot of this host.
        case unclear(String)
    }
}

extension KeptSnapshot {
    /// The volume of the snapshot; nil where there is none.
    func volume(among volumes: [LogicalVolume]) -> LogicalVolume? {
        volumes.first { volume in
            RunTags(volume.tags)?.run == run && (uuid.isEmpty || volume.uuid == uuid)
        }
    }

    /// - Parameters:
    ///   - volumes: those with the program's tags.
    ///   - foreign: those of volume groups that LVM knows to be another host's.
    func state(among volumes: [LogicalVolume], foreign: [LogicalVolume], on here: Identity) -> State {
        guard let volume = volume(among: volumes) else {
            if self.volume(among: foreign) != nil { return .elsewhere(host) }
            return host == here.host ? .gone : .elsewhere(host)
        }
        return state(of: volume, on: here)
    }

    private func state(of volume: LogicalVolume, on here: Identity) -> State {
        guard let tags = RunTags(volume.tags) else { return .unclear("its tags are not complete") }
        guard Self.isSameMachine(tags.identity, here) else { return .elsewhere(tags.identity.host) }
        if volume.isMerging || volume.letter(0) == "S" { return .merging }
        guard !volume.tags.contains(RunTags.active) else { return .unclear("its run has not finished") }
        guard volume.tags.contains(RunTags.kept) else { return .unclear("it is not tagged as kept") }
        do throws(LVMError) {
            if volume.isThin { try SnapshotHealth.checkThin(volume) } else { try SnapshotHealth.checkThick(volume) }
            return .valid
        } catch {
            return .invalid(error.failure.message)
        }
    }

    /// Machines without an id are told apart by their names.
    private static func isSameMachine(_ one: Identity, _ other: Identity) -> Bool {
        one.machine == other.machine && (one.machine != Identity.unknownMachine || one.host == other.host)
    }
}
