internal import Host
import Lifecycle

extension Manifest {
    /// The manifest of a run with a complete archive.
    init(of run: Run, _ options: ArchiveOptions, published: Double) {
        self.init(
            tool: options.tool,
            run: run.id,
            host: run.host,
            machine: options.machine,
            started: Timestamp(seconds: run.started),
            snapshotTaken: run.snapshotSpan.map { Timestamp(seconds: $0.time) },
            published: Timestamp(seconds: published),
            server: run.server.map(ServerFacts.init),
            volume: run.location.map(VolumeFacts.init),
            lock: run.lock.map { LockFacts($0, run) },
            coordinates: run.coordinates,
            snapshot: run.snapshot.map { SnapshotFacts($0, run) },
            recovery: run.recovery.map { RecoveryFacts(clean: $0.clean) },
            verification: run.verification,
            unproven: run.unproven,
            archive: run.archive.map(ArchiveFacts.init),
            timings: Dictionary(uniqueKeysWithValues: run.timings.map { ($0.key.rawValue, $0.value) }),
            warnings: run.warnings
        )
    }
}

extension Manifest.ServerFacts {
    fileprivate init(_ server: Server) {
        self.init(
            flavour: server.flavour,
            version: server.version,
            uuid: server.uuid,
            datadir: server.datadir,
            isReplica: server.isReplica,
            engines: server.engines,
            keys: server.keys,
            settings: server.settings,
            plugins: server.plugins
        )
    }
}

extension Manifest.VolumeFacts {
    fileprivate init(_ location: Location) {
        let volume = location.volume
        self.init(name: volume.fullName, uuid: volume.uuid, filesystem: volume.filesystem, size: volume.size)
        guard let data = location.paths.first(where: { $0.role == .datadir }) else { return }
        datadir = data.pathOnVolume
        let others = location.paths.filter { path in
            ![.datadir, .temporary, .link].contains(path.role)
                && ![data.path, data.realPath ?? data.path].contains { (path.realPath ?? path.path).isBelow($0) }
        }
        outside = Dictionary(others.map { ($0.realPath ?? $0.path, $0.pathOnVolume) }) { first, _ in first }
    }
}

extension Manifest.LockFacts {
    fileprivate init(_ lock: Lock, _ run: Run) {
        self.init(
            plan: lock.plan,
            reason: lock.reason,
            inconsistency: lock.inconsistency,
            waitedSeconds: run.lockWaitSeconds,
            heldSeconds: run.lockHeldSeconds,
            grantedAt: run.lockGrantedAt,
            releaseSentAt: run.lockReleaseSentAt,
            timings: run.lockTimings
        )
    }
}

extension Manifest.SnapshotFacts {
    fileprivate init(_ snapshot: Snapshot, _ run: Run) {
        self.init(
            name: snapshot.name,
            device: snapshot.device,
            uuid: snapshot.uuid,
            isThin: snapshot.isInPool,
            isKept: run.isSnapshotOnly,
            creationSeconds: snapshot.creationSeconds,
            peakUsage: run.peakUsage
        )
    }
}

extension Manifest.ArchiveFacts {
    fileprivate init(_ copy: ArchivedCopy) {
        self.init(
            location: copy.location,
            bytes: copy.bytes,
            sourceBytes: copy.sourceBytes,
            members: copy.files,
            compression: copy.details?.compression,
            excludes: copy.details?.excludes ?? [],
            outside: copy.details?.outside ?? [],
            parts: copy.details?.parts ?? []
        )
    }
}
