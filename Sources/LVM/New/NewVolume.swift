import FoundationEssentials
package import Host
import Lifecycle
import Storage

/// A volume that a restore makes, with a file system on it.
///
/// It bears the tags of its run until the restore is complete: so long the guardian, the next run and a cleanup remove it
/// as they remove a run's snapshot.
package struct NewVolume: Sendable {
    /// The facts of a set that decide on size and file system.
    package struct Needs: Sendable {
        /// Bytes of files, holes left out.
        var bytes: Int64
        var members: Int
        /// Bytes of the volume that was backed up; nil where the set does not tell.
        var originSize: Int64?
        /// That of the volume that was backed up.
        var fileSystem: String?

        package init(bytes: Int64, members: Int, originSize: Int64?, fileSystem: String?) {
            self.bytes = bytes
            self.members = members
            self.originSize = originSize
            self.fileSystem = fileSystem
        }
    }

    package let request: NewVolumeRequest
    let extents: Int64
    let fileSystem: NewFileSystem
    let tags: RunTags
    var tools: LVMTools
    private let lockDirectory: String

    /// Checks all that can be checked before the volume is made.
    ///
    /// - Parameters:
    ///   - run: marks the volume.
    ///   - identity: this process.
    /// - Throws: ``LVMError/noNewVolume(_:reason:advice:)``, `HostError`
    package init(
        _ request: NewVolumeRequest,
        for needs: Needs,
        run: String,
        tools: LVMTools = LVMTools(),
        identity: Identity,
        lockDirectory: String = RunLock.directory
    ) async throws {
        self.request = request
        self.tools = tools
        self.lockDirectory = lockDirectory
        tags = RunTags(run: run, identity: identity, origin: request.fullName)
        let refusal = Refusal(name: request.fullName)
        fileSystem = try refusal.fileSystem(request, needs)
        let group = try await refusal.group(request, tools)
        extents = try refusal.extents(request, needs, fileSystem, group)
    }

    private var selection: String { RunTags.selection(run: tags.run) }

    /// To be registered before it is made.
    ///
    /// Once the volume is kept, it removes nothing.
    var release: Release {
        let removal = SnapshotRemoval(
            tools: tools,
            endangered: EndangeredVolumes(group: request.group, volumes: [request.name])
        ) { _ in }
        return Release(
            "volume \"\(request.fullName)\"",
            undo: .exec(SnapshotRemoval.command(selection)),
            handler: { [selection] in try await removal.remove(selection) },
            fallback: { [selection] in try await removal.remove(selection, patience: false) }
        )
    }

    /// Makes it, waits for its node, and makes the file system.
    ///
    /// - Throws: ``LVMError``, `HostError`, `CancellationError`.
    func make() async throws {
        try await create()
        try await tools.awaitNode(request.device, of: request.fullName)
        var command = Command(
            fileSystem.program,
            fileSystem.options + [request.device],
            deadline: .seconds(600)
        )
        command.environment = RunProcesses.mark(tags.run)
        try await tools.commands.checked(command)
    }

    func create() async throws {
        let owner = RunLock.Owner(run: tags.run, pid: tags.identity.pid, since: Date().timeIntervalSince1970)
        let lock = try await VolumeLock.take(request.fullName, owner: owner, directory: lockDirectory)
        defer { lock.release() }
        // Without a question, and without signatures of what was there before.
        let kind = ["-y", "-Wy", "-Zy", "-n", request.name, "-l", "\(extents)"]
        var command = LVMTools.command(
            "lvcreate",
            kind + tags.all.flatMap { ["--addtag", $0] } + [request.group],
            configuration: LVMConfiguration.activating(in: request.group)
        )
        // The mark lets the cleanup of this run wait for the command.
        command.environment = RunProcesses.mark(tags.run)
        do { try await tools.commands.checked(command) } catch let error as HostError {
            throw LVMError.volumeNotMade(request.fullName, reason: SnapshotStep.reason(error))
        }
    }

    /// Takes the tags away, in one command: from then on nothing removes the volume.
    ///
    /// - Throws: ``LVMError/volumeNotMade(_:reason:)`` where it bears them still; `HostError`.
    func keep() async throws {
        try await tools.run("lvchange", tags.all.flatMap { ["--deltag", $0] } + ["-S", selection])
        let left = try await tools.volumes(where: "vg_name=\(request.group) && lv_name=\(request.name)")
        guard let volume = left.first, !volume.tags.contains(RunTags.ours) else {
            throw LVMError.volumeNotMade(request.fullName, reason: "its tags could not be removed")
        }
    }
}

/// The reasons why a volume is not made.
private struct Refusal {
    let name: String

    func fileSystem(_ request: NewVolumeRequest, _ needs: NewVolume.Needs) throws -> NewFileSystem {
        let recorded = needs.fileSystem.flatMap { $0.isEmpty ? nil : $0 } ?? "xfs"
        guard let fileSystem = request.fileSystem ?? NewFileSystem(rawValue: recorded) else {
            throw refused("the set is of a file system \"\(recorded)\"", "name xfs or ext4 with --mkfs")
        }
        do { _ = try SearchPath.find(fileSystem.program) } catch HostError.commandNotFound {
            let package = fileSystem == .xfs ? "xfsprogs" : "e2fsprogs"
            throw refused("there is no program \"\(fileSystem.program)\"", "install \(package), or use another --mkfs")
        }
        return fileSystem
    }

    func group(_ request: NewVolumeRequest, _ tools: LVMTools) async throws -> VolumeGroup {
        do {
            _ = try VolumeName(request.name, group: request.group)
            let group = try await tools.group(request.group)
            try OriginState.check(group: group)
            let selection = "vg_name=\(request.group) && lv_name=\(request.name)"
            guard try await tools.volumesWithHidden(where: selection).isEmpty else {
                throw refused("it exists already", "name another one; no existing volume is changed")
            }
            return group
        } catch LVMError.badName(_, let rule) {
            throw refused(rule, nil)
        } catch LVMError.noSuchGroup(let group) {
            throw refused("there is no volume group \"\(group)\"", "\"vgs\" lists them")
        } catch LVMError.wrongKind(_, let reason) {
            throw refused(reason, nil)
        }
    }

    func extents(
        _ request: NewVolumeRequest,
        _ needs: NewVolume.Needs,
        _ fileSystem: NewFileSystem,
        _ group: VolumeGroup
    ) throws -> Int64 {
        // The numbers are the set's own, which may be another user's.
        guard 0...(Int64.max / 4) ~= needs.bytes, 0...(1 << 40) ~= needs.members else {
            throw refused("the manifest's sizes make no sense", "use another set, or another copy of this one")
        }
        let least = fileSystem.leastSize(bytes: needs.bytes, members: needs.members)
        let origin = max(0, min(needs.originSize ?? 0, .max / 4))
        let size = request.size ?? .bytes(max(least, origin))
        let extents = size.wanted(volume: max(origin, least), group: group)
        let (bytes, hasOverflown) = extents.multipliedReportingOverflow(by: group.extentSize)
        guard !hasOverflown, bytes >= least else {
            throw refused("a size of \(mebibytes(bytes)) is too small", "at least \(mebibytes(least)) are needed")
        }
        guard extents <= group.freeExtents else {
            throw refused(
                "\(mebibytes(bytes)) are needed, the group has \(mebibytes(group.free)) free",
                least <= group.free
                    ? "give a smaller --size, of at least \(mebibytes(least))"
                    : "enlarge the group with vgextend, or name another one"
            )
        }
        return extents
    }

    private func refused(_ reason: String, _ advice: String?) -> LVMError {
        .noNewVolume(name, reason: reason, advice: advice)
    }

    /// Rounded up.
    private func mebibytes(_ bytes: Int64) -> String { "\((bytes >> 20) + (bytes & 0xfffff == 0 ? 0 : 1)) MiB" }
}
