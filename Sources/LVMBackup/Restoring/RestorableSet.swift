import Archive
import Glibc
import Lifecycle

extension SetPlace {
    /// Opens the set for a restore.
    ///
    /// - Throws: `Failure` of the kind "unsuitable" for a set that is damaged or cannot be used; ``ArchiveError``
    func openForRestore() async throws -> SetFiles { try await refusingDamage { try await open() } }
}

/// Does work that reads a set before anything is written.
///
/// - Throws: the errors of `body`; damage of the set as a refusal, which is of the kind "unsuitable".
func refusingDamage<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    do { return try await body() } catch {
        guard isAboutSet(error) else { throw error }
        var failure = Failure(error)
        if failure.kind == .failed { failure.kind = .unsuitable }
        failure.advice = failure.advice ?? "use another set, or another copy of this one"
        throw failure
    }
}

private func isAboutSet(_ error: any Error) -> Bool {
    switch error {
    case is ReadError, ArchiveError.badManifest: true
    case ArchiveError.unreadable(_, _, let errno): errno == ENOENT
    default: false
    }
}
