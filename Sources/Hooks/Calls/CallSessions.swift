import Synchronization

/// The use that one file's calls make of sessions: the lock's, the one that may write, and the copy's.
final class CallSessions: Sendable {
    private let services: HookServices
    private let isLockUsed = Atomic(false)
    private let isAdminUsed = Atomic(false)
    private let isCopyUsed = Atomic(false)
    /// The locks and transactions that the session that may write still holds.
    private let held = Mutex(SessionHold())

    init(_ services: HookServices) { self.services = services }

    /// Whether a replaced lock has used its session.
    var hasUsedLock: Bool { isLockUsed.load(ordering: .acquiring) }

    /// A replacement of the lock begins.
    func forgetLock() { isLockUsed.store(false, ordering: .releasing) }

    func useLock() { isLockUsed.store(true, ordering: .releasing) }
    func useAdmin() { isAdminUsed.store(true, ordering: .releasing) }
    func useCopy() { isCopyUsed.store(true, ordering: .releasing) }

    /// Notes a statement that the session that may write has done.
    func note(_ statement: String) { held.withLock { $0.note(statement) } }

    /// Ends the sessions of a hook that has returned: its locks on them must not outlive it.
    ///
    /// - Throws: ``LuaError`` where the hook leaves a lock or a transaction to a session that ends with it; the error
    ///   of a private server that did not shut down in good order.
    func endAfterReturn() async throws {
        try held.withLock { try $0.check() }
        await endAdmin()
        try await endCopy()
    }

    /// Ends the sessions of a hook that has failed.
    func endAfterFailure() async {
        await endAdmin()
        // The hook's own error is the one to report.
        try? await endCopy()
    }

    private func endAdmin() async {
        guard isAdminUsed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        held.withLock { $0 = SessionHold() }
        await services.endAdministration()
    }

    private func endCopy() async throws {
        guard isCopyUsed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        try await services.endCopy()
    }
}
