import Host

/// Removes snapshots by their tags and UUIDs, never by name alone, and checks afterwards that they are gone.
struct SnapshotRemoval: Sendable {
    let tools: LVMTools
    let table: ProcessTable
    private let endangered: EndangeredVolumes
    private let say: @Sendable ([String]) -> Void

    /// - Parameters:
    ///   - endangered: the devices that an interrupted lvremove may leave suspended.
    ///   - say: gets the devices that were found suspended and resumed.
    init(
        tools: LVMTools,
        table: ProcessTable = ProcessTable(),
        endangered: EndangeredVolumes,
        say: @escaping @Sendable ([String]) -> Void
    ) {
        self.tools = tools
        self.table = table
        self.endangered = endangered
        self.say = say
    }

    /// The command that removes the matching snapshots, for records and people; it is evaluated under the group's lock
    /// and ends with status 0 where nothing matches.
    static func command(_ selection: String) -> [String] {
        let command = LVMTools.command("lvremove", ["-y", "-S", selection], configuration: LVMConfiguration.essential)
        return [command.executable] + command.arguments
    }

    /// Pauses between attempts: something may still be reading the device that was just unmounted.
    private static let pauses: [Duration] = [
        .milliseconds(100), .milliseconds(300), .seconds(1), .seconds(1), .seconds(2), .seconds(3), .seconds(5),
        .seconds(5), .seconds(5),
    ]

    /// Removes the matching snapshots.
    ///
    /// It is no error if there is none.
    ///
    /// - Parameter patience: whether attempts that fail are repeated, for half a minute.
    /// - Throws: ``LVMError/notRemoved(_:holders:reason:)`` with the processes that hold the device, when all attempts
    ///   failed; ``LVMError/leftSuspended(devices:reason:)``.
    func remove(_ selection: String, patience: Bool = true) async throws {
        var reason = "it is still there"
        for pause in [.zero] + (patience ? Self.pauses : []) {
            try await Task.sleep(for: pause)
            await settle(unless: pause == .zero)
            if let complaint = try await attempt(LVMTools.command("lvremove", ["-y", "-S", selection])) {
                reason = complaint
            }
            guard let left = try await tools.volumes(where: selection).first else { return }
            try await removeByTag(left)
            if try await tools.volumes(where: selection).isEmpty { return }
        }
        guard let left = try await tools.volumes(where: selection).first else { return }
        throw LVMError.notRemoved(left.fullName, holders: try await holders(of: left), reason: reason)
    }

    /// Runs one lvremove, and resumes devices that it may have left suspended.
    ///
    /// - Returns: why it failed; nil where it did not.
    private func attempt(_ command: Command) async throws -> String? {
        let result = try await tools.commands.run(command)
        guard !result.isSuccess else { return nil }
        // First of all, because writers wait, also where the snapshot is gone.
        let resumed = try await Suspension(tools: tools, table: table).resume(endangered)
        if !resumed.isEmpty { say(resumed) }
        return result.isTimedOut ? "lvremove did not answer" : result.reason
    }

    /// The second way, without a selection (lvm2 2.03.16 dies of it with `log/report_command_log`) and without a copy
    /// of the metadata (its directory may be full).
    ///
    /// LVM compares the tag, which only this run's snapshot has, under the group's lock.
    ///
    /// - Parameter left: as it was read just now.
    private func removeByTag(_ left: LogicalVolume) async throws {
        guard let run = RunTags(left.tags)?.run else { return }
        let tag = "@lvmbackup_run=\(run)"
        let configuration = LVMConfiguration.withoutCopies
        // The first way's reason is the one to report.
        _ = try await attempt(LVMTools.command("lvremove", ["-y", tag], configuration: configuration))
    }

    private func holders(of volume: LogicalVolume) async throws -> [Holder] {
        guard let device = volume.device else { return [] }
        let table = table
        return try await SerialThread.once(name: "holders") { try table.holders(of: device) }
    }

    /// Where there is udev, its rules may have the device open for a moment.
    private func settle(unless isFirst: Bool) async {
        guard !isFirst, (try? FileIdentity(of: "/run/udev/control")) != nil else { return }  // no udev here
        let command = Command("udevadm", ["settle", "--timeout=5"], deadline: .seconds(10))
        // This is only a pause: the next lvremove decides.
        _ = try? await tools.commands.run(command)
    }
}
