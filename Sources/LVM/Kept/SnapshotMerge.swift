import FoundationEssentials
package import Host
import Lifecycle
import Storage

/// Puts a volume back to a kept snapshot of it, by `lvconvert --merge`.
///
/// The snapshot is used up by that.
package struct SnapshotMerge: Sendable {
    /// A merge that nothing speaks against.
    package struct Proposal: Sendable, Equatable {
        package var snapshot: LogicalVolume
        package var origin: LogicalVolume
        /// Other thin snapshots of the volume, "group/name".
        ///
        /// They stay, but LVM knows them as no snapshots of the volume afterwards (measured, 2.03.16): it cannot be put
        /// back to them any more.
        package var severed: [String]
        /// When LVM made the snapshot, seconds since 1970; nil where LVM does not tell.
        package var made: Double?

        /// "group/name" of the volume.
        package var volume: String { origin.fullName }
    }

    private let tools: LVMTools
    private let here: Identity
    private let lockDirectory: String
    private let isForced: Bool
    private let holders: @Sendable (DeviceNumber) async throws -> [Holder]

    /// - Parameters:
    ///   - here: this process.
    ///   - isForced: accepts a set that does not prove that the snapshot is its own.
    ///   - holders: the processes that use a device.
    package init(
        tools: LVMTools = LVMTools(),
        here: Identity,
        lockDirectory: String = RunLock.directory,
        isForced: Bool = false,
        holders: @escaping @Sendable (DeviceNumber) async throws -> [Holder] = Self.processes
    ) {
        self.tools = tools
        self.here = here
        self.lockDirectory = lockDirectory
        self.isForced = isForced
        self.holders = holders
    }

    /// Processes that have a file system of the device mounted, or files on it open.
    package static func processes(on device: DeviceNumber) async throws -> [Holder] {
        try await SerialThread.once(name: "holders") { try ProcessTable().holders(of: device) }
    }

    /// Looks for all that speaks against the merge.
    ///
    /// - Parameter volume: the UUID of the volume that was backed up; empty where the set does not tell.
    /// - Throws: ``LVMError/unusableKept(_:_:)``, ``LVMError/notMerged(volume:reason:advice:)``, other ``LVMError``s.
    package func examine(_ kept: KeptSnapshot, of volume: String) async throws -> Proposal {
        let snapshot = try await KeptSnapshots(tools: tools, here: here).find(kept).snapshot
        try OriginState.check(group: try await tools.group(snapshot.group))
        let siblings = try await tools.allVolumes(ofGroup: snapshot.group)
        let found = siblings.first { !snapshot.origin.isEmpty && $0.name == snapshot.origin }
        guard let origin = found, volume.isEmpty || origin.uuid == volume else {
            throw LVMError.notMerged(
                volume: RunTags(snapshot.tags)?.origin ?? snapshot.origin,
                reason: "\"\(snapshot.fullName)\" is not a snapshot of it any more",
                advice: "look into the set by \"lvmbackup open\", and load the data by \"lvmbackup dump\""
            )
        }
        let others = siblings.filter { $0.isThin && $0.origin == origin.name && $0.uuid != snapshot.uuid }
        let severed = snapshot.isThin ? others.map(\.fullName) : []
        let made = try await tools.creationTime(of: snapshot)
        let proposal = Proposal(snapshot: snapshot, origin: origin, severed: severed, made: made)
        if !isForced { try Self.proveOwn(kept, of: volume, proposal) }
        try MergeCheck(proposal).check(others: siblings)
        try await checkUse(of: origin, as: "the volume is in use", in: origin)
        try await checkUse(of: snapshot, as: "the snapshot is in use", in: origin)
        return proposal
    }

    /// Merges, and waits until LVM is done.
    ///
    /// - Parameter run: names the owner of the volume's run lock.
    /// - Throws: as ``examine(_:of:)``, because things may have changed since; ``StorageError/busy(volume:owner:)``;
    ///   `HostError` where lvconvert failed.
    package func run(_ kept: KeptSnapshot, of volume: String, run: String) async throws {
        let name = try await examine(kept, of: volume).volume
        let owner = RunLock.Owner(run: run, pid: here.pid, since: Date().timeIntervalSince1970)
        let lock = try await VolumeLock.take(name, owner: owner, directory: lockDirectory)
        defer { lock.release() }
        let proposal = try await examine(kept, of: volume)
        do { try await convert(proposal.snapshot) } catch {
            try await resume(proposal.snapshot, lock)
            throw error
        }
        try await proveMerged(proposal)
    }

    // MARK: Steps

    /// Seconds by which the clocks of LVM and the run may differ.
    private static let tolerance = 300.0

    /// Proves that the snapshot is the set's: the set may be another user's, and may tell the run of an older snapshot with
    /// the moment of a new one.
    private static func proveOwn(_ kept: KeptSnapshot, of volume: String, _ proposal: Proposal) throws(LVMError) {
        let advice = "look into the set by \"lvmbackup open\", or add --force"
        func refusal(_ reason: String) -> LVMError {
            .notMerged(volume: proposal.volume, reason: reason, advice: advice)
        }
        guard !kept.uuid.isEmpty, !volume.isEmpty else {
            throw refusal("the set does not tell the UUIDs of the volume and of its snapshot")
        }
        guard let told = kept.made else { throw refusal("the set does not tell when its snapshot was made") }
        guard let made = proposal.made, made >= told.lowerBound - tolerance, made <= told.upperBound + tolerance else {
            throw refusal("LVM made \"\(proposal.snapshot.fullName)\" at another time than the set tells")
        }
    }

    private func checkUse(of volume: LogicalVolume, as reason: String, in origin: LogicalVolume) async throws {
        guard let device = volume.device else { return }
        let users = try await holders(device)
        guard volume.isOpen || !users.isEmpty else { return }
        throw LVMError.notMerged(
            volume: origin.fullName,
            reason: "\(reason): \(Self.describe(users, of: volume))",
            advice: "stop the server, unmount the file system, and run the command again"
        )
    }

    /// Each process of a mount namespace has a mount: the place is told once.
    private static func describe(_ users: [Holder], of volume: LogicalVolume) -> String {
        var files: [String] = []
        var places: Set<String> = []
        for user in users {
            switch user.grip {
            case .file: files.append(user.description)
            case .mount(let place): places.insert("\"\(place)\"")
            }
        }
        let rest = files.count > 3 ? ["\(files.count - 3) more processes"] : []
        let mounted = places.isEmpty ? [] : ["it is mounted at " + places.sorted().joined(separator: ", ")]
        let parts = files.prefix(3) + rest + mounted
        return parts.isEmpty ? "\"\(volume.fullName)\" is open" : parts.joined(separator: "; ")
    }

    private func convert(_ snapshot: LogicalVolume) async throws {
        var command = LVMTools.command("lvconvert", ["-y", "--merge", snapshot.fullName])
        // LVM copies the whole of a thick snapshot.
        command.deadline = .seconds(7 * 86_400)
        try await tools.commands.checked(command)
    }

    /// Resumes the devices that an lvconvert with a sudden end may have left suspended.
    private func resume(_ snapshot: LogicalVolume, _ lock: RunLock) async throws {
        do {
            _ = try await Suspension(tools: tools, table: ProcessTable()).resume(EndangeredVolumes(snapshot))
        } catch {
            lock.markStale()
            throw error
        }
    }

    /// lvconvert ends with status 0, too, where it puts the merge off.
    private func proveMerged(_ proposal: Proposal) async throws {
        let left = try await tools.volumesWithHidden(where: "lv_uuid=\(proposal.snapshot.uuid)")
        guard left.isEmpty else {
            throw LVMError.notMerged(
                volume: proposal.volume,
                reason: "LVM merges \"\(proposal.snapshot.fullName)\" when the volume is activated",
                advice: "lvs -a shows how far it is"
            )
        }
    }
}

/// States of volumes in which a merge would lose more than the snapshot tells.
struct MergeCheck: Sendable {
    private let proposal: SnapshotMerge.Proposal

    init(_ proposal: SnapshotMerge.Proposal) { self.proposal = proposal }

    /// - Parameter others: every volume of the group.
    /// - Throws: ``LVMError/notMerged(volume:reason:advice:)``.
    func check(others: [LogicalVolume]) throws(LVMError) {
        let (snapshot, origin) = (proposal.snapshot, proposal.origin)
        guard !origin.isMerging else {
            throw refusal("another snapshot is being merged into it", advice: "lvs -a shows how far it is")
        }
        guard snapshot.isThin || origin.device != nil else {
            throw refusal(
                "it is not active, so that nothing would be merged yet",
                advice: "run lvchange -ay \(origin.fullName)"
            )
        }
        let siblings = others.filter { $0.origin == origin.name && $0.uuid != snapshot.uuid }
        if let active = siblings.first(where: { $0.tags.contains(RunTags.active) }) {
            throw refusal("\"\(active.fullName)\" is the snapshot of a run", advice: "run \"lvmbackup cleanup\" first")
        }
        let endangered = snapshot.isThin ? [] : siblings.filter { !$0.isThin && !hasRoom($0) }
        guard endangered.isEmpty else {
            let names = endangered.map { "\"\($0.fullName)\"" }.joined(separator: ", ")
            throw refusal(
                "it may fill other snapshots of the volume, which lose their data then: \(names)",
                advice: "enlarge them with lvextend, or remove them with lvremove"
            )
        }
    }

    /// Whether a thick snapshot can take all that the merge writes to the volume.
    private func hasRoom(_ sibling: LogicalVolume) -> Bool {
        let written = Double(proposal.snapshot.size) * (proposal.snapshot.dataPercent ?? 100) / 100
        return Double(sibling.size) * (100 - (sibling.dataPercent ?? 100)) / 100 > written
    }

    private func refusal(_ reason: String, advice: String) -> LVMError {
        .notMerged(volume: proposal.volume, reason: reason, advice: advice)
    }
}
