package import Host
package import Lifecycle
import Storage

/// A refusal of LVM, or a condition that prevents a snapshot.
package enum LVMError: Error, Equatable, Sendable {
    /// The LVM tools are not installed.
    case notInstalled
    /// A command's answer has not the form that LVM gives it; `text` is the answer, or the part of it that is wrong.
    case unreadableReport(command: String, text: String)
    case noSuchVolume(String)
    case noSuchGroup(String)
    /// The data directory is on something else than a logical volume.
    case notOnLogicalVolume(path: String, device: String, fileSystem: String)
    /// The volume is of a kind that cannot be snapshotted here.
    case wrongKind(volume: String, reason: String)
    /// The volume cannot be snapshotted now, and can be later.
    case inTransition(volume: String, reason: String)
    /// LVM would refuse the snapshot.
    case refused(volume: String, reason: String)
    /// A setting of LVM that no snapshot can be made with.
    case badSetting(String, reason: String)
    /// The data directory is on a logical volume that LVM does not list.
    case hiddenVolume(path: String, device: String)
    /// Something lies between the data directory's file system and the logical volume.
    case aboveLogicalVolume(path: String, volume: String, layers: [String])
    /// `--logical-volume` names another volume than the one with the data.
    case otherVolume(asked: String, found: String)
    case badSize(String, reason: String)
    case badThreshold(String)
    case doesNotFit(size: String, needed: Int64, free: Int64, group: String)
    case badName(String, rule: String)
    /// It gets no snapshot.
    case poolWithoutRoom(pool: String, what: String, percent: Double, limit: Double, rule: String)
    /// It is abandoned, with the snapshot in it.
    case poolNearlyFull(pool: String, what: String, percent: Double)
    case creationFailed(snapshot: String, reason: String)
    case snapshotGone(String)
    case snapshotFull(String)
    /// It is about to become full, and nothing can be done about it.
    case snapshotFilling(String, percent: Double, reason: String)
    case snapshotInvalid(String, reason: String)
    case notRemoved(String, holders: [Holder], reason: String)
    /// Writers to them wait for ever.
    case leftSuspended(devices: [String], reason: String)
    /// It was suspended before anything was done with it.
    case suspended(volume: LogicalVolume)
    case notKept(String)
    /// A kept snapshot that cannot be used as its set promises.
    case unusableKept(String, KeptSnapshot.State)
    /// A thick snapshot is active with its origin only.
    case inactive(String, origin: String)
    /// A file system that would be changed by mounting it.
    case unchangeable(device: String, fileSystem: String)
    /// A volume is not put back to a snapshot.
    case notMerged(volume: String, reason: String, advice: String?)
    case noNode(String)
    /// A volume that is not made for a restore.
    case noNewVolume(String, reason: String, advice: String?)
    case volumeNotMade(String, reason: String)
}

extension LVMError: ExplainedError, RepairableError, CustomStringConvertible {
    package var description: String { failure.message }

    package var failure: Failure { Failure(kind, message, advice: advice) }

    /// The reason why a device with data is no logical volume that LVM lists.
    ///
    /// - Parameters:
    ///   - chain: the device and what it stands on.
    ///   - source: the device as the mount names it.
    static func notListed(path: String, _ chain: DeviceChain, source: String, fileSystem: String) -> LVMError {
        guard let volume = chain.base else {
            return .notOnLogicalVolume(path: path, device: source, fileSystem: fileSystem)
        }
        return chain.layers.isEmpty
            ? .hiddenVolume(path: path, device: volume)
            : .aboveLogicalVolume(path: path, volume: volume, layers: chain.layers)
    }

    /// The command that repairs it, where the error knows one.
    package var repair: String? {
        guard case .leftSuspended(let devices, _) = self else { return nil }
        return devices.map { "dmsetup resume \($0)" }.joined(separator: "; ")
    }

    private var kind: Failure.Kind {
        switch self {
        case .notInstalled, .notOnLogicalVolume, .wrongKind, .refused, .badSetting, .hiddenVolume,
            .aboveLogicalVolume, .otherVolume, .badSize, .badThreshold, .badName, .noSuchVolume, .unusableKept,
            .inactive, .unchangeable, .notMerged, .noNewVolume:
            .unsuitable
        case .inTransition: .deferred
        default: .failed
        }
    }

    private var message: String {
        switch self {
        case .notInstalled: "the LVM tools are not installed"
        case .unreadableReport(let command, let text):
            "\"\(command)\" did not answer with a report, but with \"\(text.excerpt)\""
        case .noSuchVolume(let name): "there is no logical volume \"\(name)\""
        case .noSuchGroup(let name): "there is no volume group \"\(name)\""
        case .notOnLogicalVolume(let path, let device, let fileSystem):
            "\"\(path)\" is not on a logical volume but on \"\(device)\" (\(fileSystem))"
        case .wrongKind(let volume, let reason), .inTransition(let volume, let reason):
            "\"\(volume)\" cannot be snapshotted: \(reason)"
        case .refused(let volume, let reason):
            "LVM refuses a snapshot of \"\(volume)\" (lvcreate --test): \(reason.excerpt)"
        case .badSetting(let setting, let reason): "LVM's setting \(setting) allows no snapshot: \(reason)"
        case .hiddenVolume(let path, let device):
            "\"\(path)\" is on the logical volume \"\(device)\", which LVM does not list"
        case .aboveLogicalVolume(let path, let volume, let layers):
            "\"\(path)\" is not on the logical volume \"\(volume)\" itself: between them is "
                + layers.joined(separator: ", then ")
        case .otherVolume(let asked, let found): "the data is on \"\(found)\", not on \"\(asked)\""
        case .badSize(let size, let reason): "snapshot size \"\(size)\": \(reason)"
        case .badThreshold(let text): "\"\(text)\" is not how full a snapshot may become before it is enlarged"
        case .doesNotFit(let size, let needed, let free, let group):
            "a snapshot of \(size) needs \(inMebibytes(needed)), but group \"\(group)\" has \(inMebibytes(free)) free"
        case .badName(let name, let rule): "snapshot name \"\(name)\": \(rule)"
        case .poolWithoutRoom(let pool, let what, let percent, let limit, let rule):
            "the \(what) space of thin pool \"\(pool)\" is \(percent.formatted) % full; from "
                + "\(limit.formatted) % on no snapshot is made in it: \(rule)"
        case .poolNearlyFull(let pool, let what, let percent):
            "the \(what) of thin pool \"\(pool)\" is \(percent.formatted) % full"
        case .creationFailed(let snapshot, let reason): "snapshot \"\(snapshot)\" was not created: \(reason)"
        case .snapshotGone(let name): "snapshot \"\(name)\" does not exist any more"
        // For LVM both are 100 %.
        case .snapshotFull(let name):
            "snapshot \"\(name)\" is invalid: it became full, or writing to its disk failed"
        case .snapshotFilling(let name, let percent, let reason):
            "snapshot \"\(name)\" was abandoned before it overflowed: it is \(percent.formatted) % full, and \(reason)"
        case .snapshotInvalid(let name, let reason): "snapshot \"\(name)\" is not valid: \(reason)"
        case .notRemoved(let name, let holders, let reason):
            "\"\(name)\" was not removed: \(reason)"
                + (holders.isEmpty ? "" : "; held by " + holders.map(\.description).joined(separator: ", "))
        case .leftSuspended(let devices, let reason):
            "still suspended: " + devices.map { "\"\($0)\"" }.joined(separator: ", ") + ": \(reason)"
        case .suspended(let volume): "\"\(volume.fullName)\" is suspended: writers to it wait"
        case .notKept(let name): "snapshot \"\(name)\" could not be marked as kept"
        case .unusableKept(let name, let state): "kept snapshot \"\(name)\" \(state.complaint)"
        case .inactive(let name, _): "kept snapshot \"\(name)\" is not active"
        case .unchangeable(let device, let fileSystem):
            "\"\(device)\" cannot be mounted without changing it: its file system is \(fileSystem)"
        case .notMerged(let volume, let reason, _): "cannot roll back volume \"\(volume)\": \(reason)"
        case .noNewVolume(let name, let reason, _): "cannot make volume \"\(name)\": \(reason)"
        case .volumeNotMade(let name, let reason): "volume \"\(name)\" was not made: \(reason)"
        case .noNode(let device): "device node \"\(device)\" did not appear"
        }
    }

    private var advice: String? {
        switch self {
        case .notInstalled: "install lvm2, or replace the steps locate, snapshot and mount"
        case .notOnLogicalVolume(_, _, "btrfs"):
            "btrfs cannot be mounted twice, as a snapshot by LVM would need: use its own snapshots, see examples/btrfs"
        case .notOnLogicalVolume: "move the data directory to a logical volume"
        case .inTransition: "try again when it is done: lvs -a shows how far it is"
        case .hiddenVolume:
            "look at devices/filter, devices/global_filter, devices/use_devicesfile in lvm.conf, and at: lvm lvmdevices"
        case .aboveLogicalVolume: "put the file system directly on a logical volume, and the device between below LVM"
        case .otherVolume: "leave --logical-volume out"
        case .badSize: "such as 5G, 512M, 100e (extents), 20%ORIGIN or 50%FREE"
        case .doesNotFit: "give a smaller --snapshot-size, or enlarge the group with vgextend"
        case .poolWithoutRoom(let pool, "metadata", _, _, _): "enlarge it: lvextend --poolmetadatasize +SIZE \(pool)"
        case .poolWithoutRoom(let pool, _, _, _, _): "enlarge it: lvextend --size +SIZE \(pool)"
        case .poolNearlyFull: "enlarge the pool with lvextend: a full one stops every volume in it"
        case .badName: "give another one with --snapshot-name"
        case .badThreshold: "such as 70%, between 10% and 95%, or off"
        case .snapshotFull:
            "give a larger --snapshot-size, or back up when less is written; errors of a disk are in the kernel's log"
        case .snapshotFilling: "give a larger --snapshot-size, or back up when less is written"
        case .suspended(let volume):
            "where no LVM command is at work on it, run \"dmsetup resume "
                + "\(VolumeName.mapperName(group: volume.group, volume: volume.name))\""
        case .leftSuspended: repair.map { "run \"\($0)\"" }
        case .unusableKept(_, let state): state.advice
        case .inactive(_, let origin): "activate it with its origin: lvchange -ay \(origin)"
        case .unchangeable: "make a thin volume of the data's volume: its snapshots are not mounted themselves"
        case .notMerged(_, _, let advice), .noNewVolume(_, _, let advice): advice
        case .notRemoved(_, let holders, _):
            holders.isEmpty ? nil : "end the processes that use it, then run \"lvmbackup cleanup\""
        default: nil
        }
    }
}

extension KeptSnapshot.State {
    fileprivate var complaint: String {
        switch self {
        case .valid: "is valid"
        case .gone: "does not exist any more"
        case .invalid(let reason): "has lost its data: \(reason)"
        case .merging: "is being merged into its origin: the set is used up by that"
        case .elsewhere(let host): "belongs to another host (\"\(host)\")"
        case .unclear(let reason): "is not used: \(reason)"
        }
    }

    fileprivate var advice: String? {
        switch self {
        case .valid: nil
        case .gone, .invalid, .merging: "use another set: \"lvmbackup list\" shows them"
        case .elsewhere: "run the command on that host"
        case .unclear: "look at its tags: lvs -o +lv_tags"
        }
    }
}

extension String {
    /// The part of an answer that a message shows: one line of at most 200 characters, control characters escaped.
    fileprivate var excerpt: String {
        let shown = unicodeScalars.prefix(200).map { scalar in
            scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return shown.joined() + (unicodeScalars.count > 200 ? "…" : "")
    }
}

/// "1234 MiB", rounded down.
private func inMebibytes(_ bytes: Int64) -> String { "\(bytes >> 20) MiB" }
