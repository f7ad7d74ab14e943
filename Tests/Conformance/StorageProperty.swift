import Host
import Lifecycle
import Storage

/// Behaviour that every storage has; the tests of each implementation check all of them.
package struct StorageProperty: Sendable, CustomStringConvertible {
    package let description: String
    /// Whether it can be seen in a mounted snapshot alone.
    package let needsMount: Bool
    /// - Throws: ``Disagreement``, or the storage's error, where the property does not hold.
    package let check: @Sendable (any StorageFixture) async throws -> Void

    init(
        _ description: String,
        needsMount: Bool = false,
        _ check: @escaping @Sendable (any StorageFixture) async throws -> Void
    ) {
        self.description = description
        self.needsMount = needsMount
        self.check = check
    }

    /// - Parameter canMount: of the fixture.
    package static func all(canMount: Bool) -> [StorageProperty] {
        (location + preparation + snapshots + cleanup + mounts).filter { canMount || !$0.needsMount }
    }
}

// MARK: Locate

extension StorageProperty {
    private static let location: [StorageProperty] = [
        StorageProperty("the location names the volume, and the data directory in it") { fixture in
            let datadir = try fixture.server.datadir
            let outcome = try await fixture.run(look: { run in
                let location = try require(run.location, "no location")
                try require(!location.volume.fullName.isEmpty, "the volume has no name")
                let data = location.paths.first { $0.role == .datadir }
                try require(data?.path == datadir, "the data directory is not among \(location.paths)")
                try require(data?.pathOnVolume.hasPrefix("/") == false, "\(data?.pathOnVolume ?? "") is absolute")
            })
            try outcome.requireSuccess()
        },
        StorageProperty("a server without an open file there is refused") { fixture in
            var server = try fixture.server
            server.process?.openFiles = ["/proc/version"]
            try await StorageProperty.refuse(fixture, server, naming: "/proc/version")
        },
        StorageProperty("a server whose process has ended is refused") { fixture in
            var server = try fixture.server
            server.process?.startTime += 1
            try await StorageProperty.refuse(fixture, server, naming: "has ended")
        },
        StorageProperty("a server whose process is not known is refused") { fixture in
            var server = try fixture.server
            server.process = nil
            try await StorageProperty.refuse(fixture, server, naming: "process")
        },
        StorageProperty("a required file elsewhere is refused, and named") { fixture in
            var server = try fixture.server
            server.files.append(DataFile(role: .tablespace, path: "/proc/version"))
            try await StorageProperty.refuse(fixture, server, naming: "/proc/version")
        },
        StorageProperty("a file elsewhere that is not required does no harm") { fixture in
            var server = try fixture.server
            server.files.append(DataFile(role: .keyring, path: "/proc/version", isRequired: false))
            try await fixture.run(server).requireSuccess()
        },
    ]

    private static func refuse(_ fixture: any StorageFixture, _ server: Server, naming text: String) async throws {
        let outcome = try await fixture.run(server)
        let failure = try require(outcome.failure, "it was accepted")
        try require(failure.step == .locate, "it failed in \(failure.step?.rawValue ?? "no step"): \(failure.message)")
        try require(failure.kind == .unsuitable, "it is \(failure.kind), not unsuitable: \(failure.message)")
        try require(failure.message.contains(text), "\"\(text)\" is not named: \(failure.message)")
        try require(try await fixture.snapshots().isEmpty, "a snapshot was made")
    }
}

// MARK: Prepare and snapshot

extension StorageProperty {
    private static let preparation: [StorageProperty] = [
        StorageProperty("a dry run tells how the snapshot is made, and makes none") { fixture in
            let storage = fixture.makeStorage()
            let lines = Noted<[String]>([])
            let outcome = try await fixture.run(
                isDryRun: true,
                storage: storage,
                change: { hooks in
                    hooks.after(.prepare) { run, _ in
                        let plan = try await storage.snapshot.plan(run)
                        lines.change { $0 = plan }
                    }
                }
            )
            try outcome.requireSuccess()
            try require(!lines.value.isEmpty, "it prints no plan")
            try require(try await fixture.snapshots().isEmpty, "a snapshot was made")
        },
        StorageProperty("a run that ends before the lock leaves no snapshot") { fixture in
            let outcome = try await fixture.run(change: { hooks in hooks.before(.lock) { _ in .veto("far enough") } })
            try require(outcome.failure?.kind == .vetoed, "it ended otherwise: \(outcome.failure?.message ?? "")")
            try require(outcome.leaked.isEmpty, "left behind: \(outcome.leaked.map(\.name))")
            try require(try await fixture.snapshots().isEmpty, "a snapshot was made")
        },
    ]

    private static let snapshots: [StorageProperty] = [
        StorageProperty("a snapshot carries the marks of its run, and goes with it") { fixture in
            let outcome = try await fixture.run(look: { run in
                let (snapshot, volume) = try await StorageProperty.made(run, fixture)
                let found = try await fixture.makeStorage().volumes.all().first { $0.name == snapshot.name }
                let owned = try require(found, "\(snapshot.name) is not among the volumes of runs")
                try require(owned.owner?.run == run.id, "it is marked as that of run \(owned.owner?.run ?? "-")")
                try require(owned.owner?.origin == volume.fullName, "its origin is \(owned.owner?.origin ?? "-")")
                let here = try Identity.current()
                try require(owned.owner?.identity.pid == here.pid, "it is marked as that of another process")
                try require(owned.isActive && !owned.isKept, "it is not marked as active")
            })
            try outcome.requireSuccess()
            try require(try await fixture.snapshots().isEmpty, "the snapshot is there still")
        },
        StorageProperty("a valid snapshot passes its check, and a lost one fails it") { fixture in
            let outcome = try await fixture.run(look: { run in
                let (snapshot, _) = try await StorageProperty.made(run, fixture)
                let check = try require(snapshot.check, "it has no check")
                try await check()
                try await fixture.lose(snapshot.name)
                do { try await check() } catch { return }
                throw Disagreement("a lost snapshot passes")
            })
            try require(outcome.failure != nil, "the run succeeded without its snapshot")
            try require(outcome.failure?.message.contains("passes") == false, outcome.failure?.message ?? "")
            try require(outcome.leaked.isEmpty, "left behind: \(outcome.leaked.map(\.name))")
        },
        StorageProperty("a removal is no error where the snapshot is gone") { fixture in
            let outcome = try await fixture.run(look: { run in
                let (snapshot, _) = try await StorageProperty.made(run, fixture)
                let handler = try require(snapshot.release.handler, "its release has no handler")
                try await handler()
                try require(try await fixture.snapshots().isEmpty, "the handler removes nothing")
                try await handler()
            })
            // The engine's own check finds no snapshot any more.
            try require(outcome.failure?.message.contains("removes") != true, outcome.failure?.message ?? "")
            try require(outcome.leaked.isEmpty, "left behind: \(outcome.leaked.map(\.name))")
        },
        StorageProperty("the command of a release removes the snapshot in another process") { fixture in
            let outcome = try await fixture.run(look: { run in
                let (snapshot, _) = try await StorageProperty.made(run, fixture)
                guard case .exec(let words) = snapshot.release.undo else {
                    throw Disagreement("its release is no command")
                }
                try await fixture.execute(words)
                try require(try await fixture.snapshots().isEmpty, "the command removes nothing")
                try await fixture.execute(words)
            })
            try require(outcome.failure?.message.contains("command") != true, outcome.failure?.message ?? "")
        },
        StorageProperty("a kept snapshot is marked as kept, and not as active") { fixture in
            let outcome = try await fixture.run(look: { run in
                let (snapshot, _) = try await StorageProperty.made(run, fixture)
                let keep = try require(snapshot.keep, "it cannot be kept")
                try await keep()
                let found = try await fixture.makeStorage().volumes.all().first { $0.name == snapshot.name }
                let owned = try require(found, "a kept snapshot has lost its marks")
                try require(owned.isKept && !owned.isActive, "it is active still")
                let report = try await fixture.makeCleanup().cleanUp()
                try require(report.removed.isEmpty, "cleanup removes it")
            })
            try outcome.requireSuccess()
        },
    ]

    /// The snapshot that the run has made, and its volume.
    private static func made(
        _ run: Run,
        _ fixture: any StorageFixture
    ) async throws -> (snapshot: Snapshot, volume: Volume) {
        let snapshot = try require(run.snapshot, "no snapshot")
        let volume = try require(run.location?.volume, "no volume")
        let all = try await fixture.snapshots()
        try require(all == [snapshot.name], "there are the snapshots \(all), not \(snapshot.name) alone")
        return (snapshot, volume)
    }
}

// MARK: Cleanup of stale runs

extension StorageProperty {
    private static let cleanup: [StorageProperty] = [
        StorageProperty("cleanup removes the snapshot of a stale run alone") { fixture in
            let here = try Identity.current()
            var (dead, elsewhere) = (here, here)
            dead.startTime += 1
            elsewhere.machine = "another"
            try await fixture.leaveSnapshot(of: "r-dead", by: dead)
            let stale = try await fixture.snapshots()
            try await fixture.leaveSnapshot(of: "r-alive", by: here)
            try await fixture.leaveSnapshot(of: "r-elsewhere", by: elsewhere)
            let planned = try await fixture.makeCleanup().cleanUp(isDryRun: true)
            try require(planned.removed.count == 1, "a dry run would remove \(planned.removed)")
            try require(try await fixture.snapshots().count == 3, "a dry run removes snapshots")
            let report = try await fixture.makeCleanup().cleanUp()
            try require(report.leaked.isEmpty, "left behind: \(report.leaked.map(\.name))")
            try require(report.removed == planned.removed, "removed: \(report.removed)")
            let left = try await fixture.snapshots()
            try require(left.count == 2 && !left.contains(stale[0]), "left: \(left)")
            try require(report.untouched.count == 2, "kept: \(report.untouched.map(\.name))")
        },
        StorageProperty("a guardian removes the snapshot of its own run alone") { fixture in
            let here = try Identity.current()
            try await fixture.leaveSnapshot(of: "r-own", by: here)
            try await fixture.leaveSnapshot(of: "r-other", by: here)
            let report = try await fixture.makeCleanup().cleanUp(run: "r-own")
            try require(report.removed.count == 1, "removed: \(report.removed)")
            try require(try await fixture.snapshots().count == 1, "the other run's snapshot is gone")
        },
        StorageProperty("a snapshot is left while a run has its volume") { fixture in
            var dead = try Identity.current()
            dead.startTime += 1
            try await fixture.leaveSnapshot(of: "r-dead", by: dead)
            let origin = try require(
                try await fixture.makeStorage().volumes.all().first?.owner?.origin,
                "the snapshot names no origin"
            )
            let owner = RunLock.Owner(run: "r-next", pid: 1, since: 0)
            let lock = try RunLock(origin, owner: owner, directory: fixture.locks)
            let report = try await fixture.makeCleanup().cleanUp()
            lock.release()
            try require(report.removed.isEmpty, "removed: \(report.removed)")
            try require(try await fixture.makeCleanup().cleanUp().removed.count == 1, "it is never removed")
        },
        StorageProperty("a lock of another storage does not stop cleanup") { fixture in
            _ = try RunLock("/no/such/volume", owner: .init(run: "r-dead", pid: 7, since: 1), directory: fixture.locks)
            let report = try await fixture.makeCleanup().cleanUp()
            try require(report.leaked.isEmpty && report.resumed.isEmpty, "\(report.leaked) \(report.resumed)")
        },
        StorageProperty("a text that is no identity names no volume") { fixture in
            let exists = try await fixture.makeStorage().volumes.exists(uuid: "x\" || 1=1")
            try require(exists == nil, "it answers \(String(describing: exists))")
        },
    ]

    private static let mounts: [StorageProperty] = [
        StorageProperty("a mount shows the data of the moment of the snapshot", needsMount: true) { fixture in
            let path = try await fixture.write("before")
            let outcome = try await fixture.run(look: { run in
                let mount = try require(run.mount, "no mount")
                _ = try await fixture.write("after")
                let seen = try HeldDirectory(mount.path).file(FileName(path)).read(limit: 4096)
                try require(String(decoding: seen, as: UTF8.self) == "before", "it shows the live data")
            })
            try outcome.requireSuccess()
        },
        StorageProperty("a mount is gone with its run", needsMount: true) { fixture in
            let path = Noted("")
            let outcome = try await fixture.run(look: { run in
                let mount = try require(run.mount, "no mount")
                path.change { $0 = mount.mountPoint }
            })
            try outcome.requireSuccess()
            let point = path.value
            try require((try? listDirectory(point)) ?? [] == [], "\(point) still shows files")
        },
    ]
}
