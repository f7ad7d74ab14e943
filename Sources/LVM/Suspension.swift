import Host
import Lifecycle

/// The volumes of a group that an LVM command at work on a snapshot suspends for a moment.
struct EndangeredVolumes: Sendable {
    var group: String
    /// Snapshots before their origins, as LVM resumes them.
    var volumes: [String]
}

extension EndangeredVolumes {
    init(_ plan: SnapshotPlan) {
        group = plan.group
        volumes = [plan.name, plan.origin] + (plan.pool.map { [$0] } ?? [])
    }

    init(_ snapshot: LogicalVolume) {
        group = snapshot.group
        // Until lvcreate is nearly done LVM does not call it a snapshot; its tag names the origin all the same.
        let parts = RunTags(snapshot.tags)?.origin.split(separator: "/").map(String.init) ?? []
        let origin = parts.count == 2 && parts[0] == group ? parts[1] : snapshot.origin
        volumes = [snapshot.name, origin == snapshot.name ? "" : origin, snapshot.pool].filter { !$0.isEmpty }
    }

    /// - Parameter origin: a volume that was backed up.
    init(origin: LogicalVolume) {
        group = origin.group
        volumes = [origin.name, origin.pool].filter { !$0.isEmpty }
    }
}

extension EndangeredVolumes {
    /// The volumes' own devices and those that LVM puts below them; where LVM died half way, no device is above those
    /// yet.
    ///
    /// Also every other snapshot of the same origin, which LVM suspends with it.
    fileprivate func devices(in stack: DeviceStack) -> [String] {
        let names = volumes.map { VolumeName.mapperName(group: group, volume: $0) }
        let snapshots = names.flatMap { stack.standing(on: "\($0)-real") }
        return names.flatMap { ["\($0)-cow", "\($0)-real", "\($0)-tpool"] } + snapshots.filter { !names.contains($0) }
            + names
    }

    /// Devices below its physical volumes do not belong to it.
    fileprivate func isOfGroup(_ device: Substring) -> Bool {
        let prefix = VolumeName.mapperName(group: group, volume: "")
        // Two dashes are one of a longer name of a group.
        return device.hasPrefix(prefix) && device.dropFirst(prefix.count).first != "-"
    }
}

/// Devices that an interrupted LVM command left suspended, so that writers to them wait for ever.
struct Suspension: Sendable {
    let tools: LVMTools
    let table: ProcessTable

    /// Resumes the suspended devices of the volumes, once no LVM command is at work that may do it itself.
    ///
    /// - Parameter patience: how long LVM commands at work are waited for.
    /// - Returns: the names of the devices that were resumed.
    /// - Throws: ``LVMError/leftSuspended(devices:reason:)`` where LVM stays at work, or a device cannot be resumed.
    func resume(_ endangered: EndangeredVolumes, patience: Duration = .seconds(15)) async throws -> [String] {
        let deadline = ContinuousClock.now + patience
        var before: [String] = []
        while true {
            let suspended = try await devices(of: endangered)
            if suspended.isEmpty { return [] }
            // Seen twice: a daemon that extends a volume suspends it for a moment, too.
            if try suspended == before && !isLVMAtWork() { return try await resume(suspended) }
            before = suspended
            guard ContinuousClock.now < deadline else {
                throw LVMError.leftSuspended(devices: suspended, reason: "another LVM command is at work")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Resumes every device that can be resumed.
    private func resume(_ suspended: [String]) async throws -> [String] {
        var left: [String] = []
        var reason = ""
        for name in suspended {
            do { try await tools.run("dmsetup", ["resume", name]) } catch {
                left.append(name)
                reason = Failure(error).message
            }
        }
        guard left.isEmpty else { throw LVMError.leftSuspended(devices: left, reason: reason) }
        return suspended
    }

    /// The suspended devices of the volumes, each after the devices below it.
    func devices(of endangered: EndangeredVolumes) async throws -> [String] {
        let options = ["info", "-c", "--noheadings", "--separator", " ", "-o", "name,suspended,uuid"]
        let output = try await tools.run("dmsetup", options).output
        let suspended = Set(Self.suspended(output).filter { endangered.isOfGroup($0[...]) })
        guard !suspended.isEmpty else { return [] }
        let stack = try await stack()
        let ours = stack.fromBelow(endangered.devices(in: stack), where: endangered.isOfGroup)
        return ours.filter(suspended.contains)
    }

    /// As far as dmsetup says it: it fails where any device of the machine goes away while it lists them.
    ///
    /// The volumes' own devices are known without.
    private func stack() async throws -> DeviceStack {
        let question = LVMTools.command("dmsetup", ["deps", "-o", "devname"])
        let first = try await tools.commands.run(question)
        return DeviceStack(first.isSuccess ? first.output : try await tools.commands.run(question).output)
    }

    /// - Parameter listing: lines of a name, "Suspended" or "Active", and a UUID, which LVM's begin in one way.
    static func suspended(_ listing: String) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            let isOfLVM = words.count == 3 && words[2].hasPrefix("LVM-")
            return isOfLVM && words[1] == "Suspended" ? String(words[0]) : nil
        }
    }

    /// A process that only waits for a command, such as the `lvm` that another run has started ahead, has not opened
    /// device-mapper's control node (measured).
    ///
    /// A process that has suspended a device has opened it.
    private func isLVMAtWork() throws -> Bool {
        try table.pids.contains { pid in
            LVMTools.executables.contains(table.executableName(of: pid) ?? "") && table.isOwn(pid)
                && table.openPaths(of: pid).contains("/dev/mapper/control")
        }
    }
}
