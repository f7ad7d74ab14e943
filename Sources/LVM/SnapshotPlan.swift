package import Host
package import Lifecycle

/// A snapshot to be made: everything that can be known before the lock.
package struct SnapshotPlan: Sendable, Equatable {
    package var group: String
    package var origin: String
    package var name: String
    /// Nil for a thin snapshot, which has no size of its own.
    package var extents: Int64?
    /// How far a thick snapshot may grow.
    package var maximumExtents: Int64?
    /// The origin's thin pool; nil for a thick volume.
    package var pool: String?
    package var tags: RunTags

    /// "group/name".
    package var fullName: String { "\(group)/\(name)" }
    package var isThin: Bool { pool != nil }
    package var device: String { "/dev/\(group)/\(name)" }

    /// The one command that runs under the lock.
    package var arguments: [String] {
        // A thin snapshot keeps its skip flag: without it a leftover is activated at boot, with the origin's UUID.
        let kind = extents.map { ["-l", "\($0)"] } ?? ["-ky"]
        return ["-y", "-s", "-n", name] + kind + tags.all.flatMap { ["--addtag", $0] } + [
            "\(group)/\(origin)"
        ]
    }
}

/// Makes plans.
package struct SnapshotPlanner: Sendable {
    /// `--snapshot-size`; empty for the standard.
    package var size = ""
    /// `--snapshot-name`; nil for the volume's name with "_snapshot" and a unique suffix.
    package var name: String?
    package var autoextend: AutoextendPolicy

    package init(size: String = "", name: String? = nil, autoextend: AutoextendPolicy = AutoextendPolicy()) {
        self.size = size
        self.name = name
        self.autoextend = autoextend
    }

    /// Checks everything that lvcreate would report too late.
    ///
    /// - Throws: ``LVMError``: a name or size that is not possible, a group or pool without room.
    package func plan(_ run: Run, _ volume: Volume, identity: Identity, tools: LVMTools) async throws -> SnapshotPlan {
        let name = name ?? VolumeName.defaultName(volume: volume.name, run: run.id)
        let checked = try VolumeName(name, group: volume.group, isThin: volume.pool != nil).text
        if volume.pool == nil { try VolumeName.checkThickOrigin(volume.name, group: volume.group) }
        let group = try await tools.group(volume.group)
        try OriginState.check(group: group)
        try OriginState.check(origin: try await tools.volume(named: volume.fullName))
        guard try await tools.volumes(where: "vg_name=\(volume.group) && lv_name=\(checked)").isEmpty else {
            throw LVMError.badName(checked, rule: "the group has a volume of that name")
        }
        var plan = SnapshotPlan(
            group: volume.group,
            origin: volume.name,
            name: checked,
            pool: volume.pool,
            tags: RunTags(run: run.id, identity: identity, origin: volume.fullName)
        )
        if let pool = volume.pool {
            let pool = try await tools.volume(named: "\(volume.group)/\(pool)")
            let threshold = try await autoextendThreshold(pool, run, tools)
            try OriginState.check(pool: pool)
            try ThinPoolCheck(pool: pool, autoextendThreshold: threshold).check()
        } else {
            let text = try await run.apply(.snapshotSize, to: size) {
                _ = try SnapshotSize($0).extents(volume: volume.size, group: group)
            }
            let extents = try SnapshotSize(text).extents(volume: volume.size, group: group)
            plan.extents = extents
            plan.maximumExtents = try autoextend.limit(from: extents, volume: volume.size, group: group)
        }
        return plan
    }

    /// Nil where LVM does not tell: then lvcreate is the judge.
    private func autoextendThreshold(_ pool: LogicalVolume, _ run: Run, _ tools: LVMTools) async throws -> Double? {
        do {
            return try await tools.autoextendThreshold(profile: pool.profile)
        } catch let error as CancellationError {
            throw error
        } catch {
            run.warn("at which limit LVM enlarges \"\(pool.fullName)\" is not known: \(Failure(error).message)")
            return nil
        }
    }
}
