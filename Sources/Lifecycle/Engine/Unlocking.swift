extension Passage {
    /// Releases the lock, then what was to be undone right after it.
    ///
    /// - Throws: where the release statement itself failed: the lock may then have been lost before the snapshot was
    ///   complete, although a later part of the release did release it.
    func unlock() async throws {
        let report = await clock.release()
        services.bus.resume()
        if let held = clock.heldSeconds, ledger.tellUnlockOnce() { services.publish(.unlocked(heldSeconds: held)) }
        await release([.lock])
        guard let report else { return }
        ledger.absorb(report)
        guard let first = report.suppressed.first else { return }
        throw Failure(
            .failed,
            "the lock may have been lost before the snapshot was complete: \(first.message)",
            advice: "the snapshot is discarded; look into the server's log for a killed or lost connection"
        )
    }

    /// Asks for the lock's proof, after the unlock.
    func proveLock() async throws {
        if let expiry = clock.expiry { throw LockExpired(expiry: expiry) }
        guard let lock = run.lock else { return }
        if let proof = lock.proof { try await bounded(by: .seconds(30), proof) }
        if lock.isWaived {
            unproven("lock", "no lock was taken: only a hook says that the snapshot is consistent without one")
        } else if lock.proof == nil, lock.release != nil {
            unproven("lock", "the lock's provider gives no proof that it was held until the snapshot was complete")
        }
    }

    func unproven(_ what: String, _ warning: String) {
        run.update { $0.unproven.append(what) }
        run.warn(warning)
    }
}

/// One of the lock's two timeouts passed.
struct LockExpired: Error {
    let expiry: LockClock.Expiry
}

extension LockClock {
    /// The error of a step as the operator should read it: a session that was ended because of a timeout reports a lost
    /// connection, but the cause is the timeout.
    func explain(_ error: any Error, options: EngineOptions) -> Failure {
        switch expiry {
        case .waiting:
            let limit = options.lockWaitTimeout.inSeconds.formatted
            let obstacle = (error as? any ExplainedError)?.obstacle.map { ": \($0)" } ?? ""
            return Failure(
                .failed,
                "the lock was not granted within \(limit) s; lvmbackup stopped waiting so that writers go on\(obstacle)",
                advice: "find long statements in the process list, or allow more with --lock-wait-timeout"
            )
        case .held:
            let limit = options.maxLock.inSeconds.formatted
            return Failure(
                .failed,
                "the lock was held for \(limit) s without a snapshot, and was released so that writers go on",
                advice: "find the slow work under the lock, or allow more with --max-lock"
            )
        case nil:
            return Failure(error)
        }
    }
}
