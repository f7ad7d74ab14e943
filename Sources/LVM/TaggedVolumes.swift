import Host
package import Storage

/// The volumes that carry lvmbackup's tags.
package struct TaggedVolumes: OwnedVolumes {
    package let awaitedPrograms = LVMTools.executables
    package let ignoredPrograms = LVMTools.daemons
    private let tools: LVMTools

    package init(_ tools: LVMTools = LVMTools()) { self.tools = tools }

    /// - Throws: ``LVMError``, `HostError`; without LVM's tools there are none.
    package func all() async throws -> [OwnedVolume] {
        do {
            return try await tools.volumes(where: "lv_tags={\(RunTags.ours)}").map(owned)
        } catch LVMError.notInstalled {
            return []
        }
    }

    package func exists(uuid: String) async throws -> Bool? { try await tools.hasVolume(uuid: uuid) }

    private func owned(_ volume: LogicalVolume) -> OwnedVolume {
        let tags = RunTags(volume.tags)
        return OwnedVolume(
            name: volume.fullName,
            owner: tags.map { OwnedVolume.Owner(run: $0.run, identity: $0.identity, origin: $0.origin) },
            isActive: volume.tags.contains(RunTags.active),
            isKept: volume.tags.contains(RunTags.kept),
            removal: SnapshotRemoval.command("lv_uuid=\(volume.uuid)"),
            remove: { resumed in
                if let tags { try await remove(volume, tags, resumed) }
            }
        )
    }

    private func remove(
        _ volume: LogicalVolume,
        _ tags: RunTags,
        _ resumed: @escaping @Sendable ([String]) -> Void
    ) async throws {
        let endangered = EndangeredVolumes(volume)
        let suspension = Suspension(tools: tools, table: ProcessTable())
        // First of all, because writers wait.
        resumed(try await suspension.resume(endangered))
        if let device = volume.device { try await MountPoint.unmountAll(of: device, run: tags.run) }
        let mark = volume.tags.contains(RunTags.kept) ? RunTags.kept : RunTags.active
        let selection = RunTags.selection(run: tags.run, uuid: volume.uuid, mark: mark)
        try await SnapshotRemoval(tools: tools, endangered: endangered, say: resumed).remove(selection)
    }

    package func resume(_ origin: String, isDryRun: Bool) async throws -> [String] {
        // A lock of another storage, such as a subvolume of btrfs, which LVM cannot resume.
        guard let origin = try await volume(origin) else { return [] }
        let endangered = EndangeredVolumes(origin: origin)
        let suspension = Suspension(tools: tools, table: ProcessTable())
        return try await isDryRun ? suspension.devices(of: endangered) : suspension.resume(endangered)
    }

    private func volume(_ name: String) async throws -> LogicalVolume? {
        do { return try await tools.volume(named: name) } catch LVMError.noSuchVolume, LVMError.notInstalled {
            return nil
        }
    }
}
