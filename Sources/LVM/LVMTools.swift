package import Host

/// The commands of LVM.
///
/// None of them is ever killed.
package struct LVMTools: Sendable {
    /// Base names of executables that are let finish and never killed: every LVM command is a link to the first.
    package static let executables: Set<String> = ["lvm", "dmsetup", "pdata_tools"]
    /// Base names of daemons that are left alone and not waited for either: they stay, and do LVM's work themselves.
    package static let daemons: Set<String> = ["dmeventd", "lvmpolld"]

    let commands: Commands

    package init(_ commands: Commands = .system) { self.commands = commands }

    /// Volumes that match a selection as `lvs -S` understands it.
    ///
    /// - Throws: ``LVMError``, `HostError`.
    package func volumes(where selection: String) async throws -> [LogicalVolume] {
        let rows = try await report("lvs", LogicalVolume.columns, ["-S", selection])
        return try rows.map { try LogicalVolume($0) }
    }

    /// The same, with volumes that LVM keeps for itself: a thick snapshot is one while it is being merged.
    ///
    /// - Parameter foreign: whether groups count, too, that LVM knows to be another host's.
    func volumesWithHidden(where selection: String, foreign: Bool = false) async throws -> [LogicalVolume] {
        let options = ["-a"] + (foreign ? ["--foreign"] : []) + ["-S", selection]
        return try await report("lvs", LogicalVolume.columns, options).map { try LogicalVolume($0) }
    }

    /// Every volume of a group, those too that LVM keeps for itself.
    func allVolumes(ofGroup group: String) async throws -> [LogicalVolume] {
        try await report("lvs", LogicalVolume.columns, ["-a", group]).map { try LogicalVolume($0) }
    }

    /// Whether a volume exists.
    ///
    /// - Parameter uuid: of a manifest, which may be another user's.
    /// - Returns: nil for a text that is no UUID of LVM's: a selection with it could fail, or select other volumes.
    package func hasVolume(uuid: String) async throws -> Bool? {
        guard LogicalVolume.isUUID(uuid) else { return nil }
        return try await !volumes(where: "lv_uuid=\(uuid)").isEmpty
    }

    /// When a volume was made, seconds since 1970; nil where LVM does not tell.
    func creationTime(of volume: LogicalVolume) async throws -> Double? {
        let rows = try await report("lvs", ["lv_uuid", "lv_time"], ["-a", "-S", "lv_uuid=\(volume.uuid)"])
        return try rows.first?.number("lv_time")
    }

    /// - Parameter device: of an active volume; nil where none has it.
    package func volume(device: DeviceNumber) async throws -> LogicalVolume? {
        try await volumes(where: "lv_kernel_major=\(device.major) && lv_kernel_minor=\(device.minor)").first
    }

    /// - Parameter name: "group/volume", or any path of its device node.
    /// - Throws: ``LVMError/noSuchVolume(_:)``.
    package func volume(named name: String) async throws -> LogicalVolume {
        guard let volume = try await find(name) else { throw LVMError.noSuchVolume(name) }
        return volume
    }

    private func find(_ name: String) async throws -> LogicalVolume? {
        if name.hasPrefix("/") {
            // No such node: no such volume.
            guard let node = try? FileIdentity(of: name) else { return nil }
            return try await volume(device: node.represents)
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(VolumeName.hasOnlyAllowedLetters) else { return nil }
        return try await volumes(where: "vg_name=\(parts[0]) && lv_name=\(parts[1])").first
    }

    /// - Throws: ``LVMError/noSuchGroup(_:)``.
    package func group(_ name: String) async throws -> VolumeGroup {
        let rows = try await report("vgs", VolumeGroup.columns, ["-S", "vg_name=\(name)"])
        guard let row = rows.first else { throw LVMError.noSuchGroup(name) }
        return try VolumeGroup(row)
    }

    /// How full a pool may become before LVM wants it enlarged, in percent; 100 for never.
    ///
    /// - Parameter profile: the pool's own; empty for none.
    func autoextendThreshold(profile: String) async throws -> Double {
        let setting = "activation/thin_pool_autoextend_threshold"
        let settings = try await LVMSettings.read([setting], profile: profile, self)
        guard let percent = settings[setting].flatMap(Double.init) else {
            throw LVMError.unreadableReport(command: "lvmconfig", text: settings[setting] ?? "")
        }
        return percent
    }

    /// Runs an LVM command that has to succeed.
    ///
    /// - Parameter configuration: for `--config`.
    @discardableResult
    func run(
        _ name: String,
        _ arguments: [String],
        configuration: String = LVMConfiguration.fixed
    ) async throws -> CommandResult {
        try await commands.checked(Self.command(name, arguments, configuration: configuration))
    }

    /// - Parameter configuration: for `--config`; `dmsetup` and the shell take none.
    static func command(
        _ name: String,
        _ arguments: [String],
        configuration: String = LVMConfiguration.fixed
    ) -> Command {
        let options = ["dmsetup", "lvm"].contains(name) ? [] : ["--config", configuration]
        // A reading command has no critical section, and may wait without limit for the lock of another command.
        let reads = readers.contains(name) || arguments.first == "--test"
        let ending: Command.Ending = reads ? .terminateThenKill : .terminateOnly
        return Command(name, options + arguments, deadline: .seconds(120), ending: ending)
    }

    private static let readers: Set = ["lvmconfig", "lvs", "pvs", "vgs"]

    private static let reportOptions = ["--reportformat", "json", "--units", "b", "--nosuffix"]

    private func report(_ name: String, _ columns: [String], _ arguments: [String]) async throws -> [Report.Row] {
        let options = Self.reportOptions + ["-o", columns.joined(separator: ",")] + arguments
        do {
            return try Report.rows(try await run(name, options).standardOutput, columns, from: name)
        } catch HostError.commandNotFound {
            throw LVMError.notInstalled
        } catch HostError.commandFailed(_, let status, let reason) {
            throw HostError.commandFailed(command: name, status: status, reason: reason)
        }
    }
}
