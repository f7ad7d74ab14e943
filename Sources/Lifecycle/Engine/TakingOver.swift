extension Passage {
    /// Makes a step's result part of the run's state and puts its release on the stack.
    func takeOver(_ step: StepName, _ output: any Sendable) async throws {
        switch step {
        case .connect: try takeOverConnection(output)
        case .locate: try takeOverLocation(output)
        case .lock: try await takeOverLock(output)
        case .mount: try takeOverMount(output)
        case .recover: try takeOverRecovery(output)
        case .verify:
            let verification: Verification = try expected(output, step)
            run.set(\.verification, verification)
            services.publish(.verified(verification))
        case .archive: try takeOverArchive(output)
        case .publish: try takeOverSet(output)
        case .retain:
            let retention: Retention = try expected(output, step)
            run.set(\.retention, retention)
            services.publish(.retained(retention))
        case .restore:
            let restoration: Restoration = try expected(output, step)
            run.set(\.restoration, restoration)
            services.publish(.restored(restoration))
        case .preflight, .prepare, .flush, .snapshot: break
        }
    }

    private func takeOverConnection(_ output: any Sendable) throws {
        let connection: Connection = try expected(output, .connect)
        run.set(\.server, connection.server)
        if let release = connection.release { services.stack.push(release, scope: .copy) }
    }

    private func takeOverLocation(_ output: any Sendable) throws {
        let location: Location = try expected(output, .locate)
        run.set(\.location, location)
        if let release = location.release { services.stack.push(release, scope: .run) }
    }

    private func takeOverLock(_ output: any Sendable) async throws {
        let lock: Lock = try expected(output, .lock)
        run.set(\.lock, lock)
        if let release = lock.release, !clock.isHeld, clock.expiry == nil { services.grantLock(release: release) }
        guard clock.expiry == nil else { throw LockExpired(expiry: .held) }
        if lock.release != nil {
            let waited = clock.waitedSeconds ?? 0
            services.publish(.locked(Fact.Locked(plan: lock.plan, reason: lock.reason, waitedSeconds: waited)))
        }
        if services.hooks.isWatchedUnderLock { try await completeCoordinates() }
    }

    /// Waits for the coordinates that the lock's provider was still reading.
    func completeCoordinates() async throws {
        guard var lock = run.lock, let read = lock.pendingCoordinates else { return }
        lock.coordinates = try await bounded(by: .seconds(30), read)
        lock.pendingCoordinates = nil
        run.set(\.lock, lock)
    }

    func takeOverSnapshot(_ output: any Sendable, span: SnapshotSpan) throws {
        let snapshot: Snapshot = try expected(output, .snapshot)
        ledger.snapshotRelease = services.stack.push(snapshot.release, scope: .copy)
        run.set(\.snapshot, snapshot)
        run.set(\.snapshotSpan, span)
        let seconds = snapshot.creationSeconds ?? (span.ended - span.began)
        let made = Fact.Snapshotted(name: snapshot.name, device: snapshot.device, seconds: seconds)
        services.publish(.snapshotted(made))
    }

    private func takeOverMount(_ output: any Sendable) throws {
        let mount: Mount = try expected(output, .mount)
        ledger.mountRelease = services.stack.push(mount.release, scope: .copy)
        run.set(\.mount, mount)
        services.publish(.mounted(path: mount.path))
    }

    private func takeOverRecovery(_ output: any Sendable) throws {
        let recovery: Recovery = try expected(output, .recover)
        run.set(\.recovery, recovery)
        services.publish(.recovered(clean: recovery.clean))
        guard recovery.clean else {
            throw Failure(
                .failed,
                "the copy was not recovered cleanly",
                advice: recovery.log.map { "see the recovery log \"\($0)\"" }
            )
        }
    }

    private func takeOverArchive(_ output: any Sendable) throws {
        let copy: ArchivedCopy = try expected(output, .archive)
        if let release = copy.release { ledger.partialRelease = services.stack.push(release, scope: .run) }
        run.set(\.archive, copy)
        services.publish(.archived(Fact.Archived(location: copy.location, bytes: copy.bytes, files: copy.files)))
    }

    private func takeOverSet(_ output: any Sendable) throws {
        let set: BackupSet = try expected(output, .publish)
        ledger.publish(set)
        if let partial = ledger.partialRelease { services.stack.dismiss(partial) }
        if run.isSnapshotOnly, let snapshot = ledger.snapshotRelease { services.stack.dismiss(snapshot) }
        run.set(\.set, set)
        services.publish(.published(set))
    }
}

/// The result of a step in its own type.
private func expected<Output>(_ output: any Sendable, _ step: StepName) throws -> Output {
    guard let output = output as? Output else { throw WrongResult(step: step) }
    return output
}
