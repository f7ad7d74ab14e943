/// Runs releases: handler, command, fallback.
///
/// If all fail, reports the thing as leaked.
struct ReleaseRunner: Sendable {
    let runUndo: @Sendable (Release.Undo) async throws -> Void
    /// How an operator sends a statement to the server from a shell.
    let statementCommand: @Sendable (String) -> String
    let publish: @Sendable (Fact) -> Void

    /// How a release ended.
    struct Report: Sendable {
        /// The errors of the parts that failed, also where a later part succeeded.
        var suppressed: [Failure] = []
        var leak: Leak?
    }

    /// Runs a release in a task that the caller's cancellation does not reach.
    func run(_ release: Release) async -> Report {
        await LockExecutor.detach { await runParts(release) }.value
    }

    private func runParts(_ release: Release) async -> Report {
        let start = ContinuousClock.now
        publish(.releasing(name: release.name))
        var report = Report()
        for part in parts(of: release) {
            do {
                try await bounded(by: release.deadline, release.pastFaults(part))
                let seconds = (ContinuousClock.now - start).inSeconds
                publish(.released(Fact.Released(name: release.name, seconds: seconds)))
                return report
            } catch {
                var failure = Failure(error)
                failure.message = "cannot release \(release.name): \(failure.message)"
                report.suppressed.append(failure)
            }
        }
        let leak = Leak(
            name: release.name,
            reason: report.suppressed.last?.message ?? "it has no handler, command or fallback",
            repair: release.repair ?? release.undo?.asCommand(statementCommand)
        )
        report.leak = leak
        publish(.leaked(leak))
        return report
    }

    private func parts(of release: Release) -> [@Sendable () async throws -> Void] {
        var parts: [@Sendable () async throws -> Void] = []
        if let handler = release.handler { parts.append(handler) }
        if let undo = release.undo { parts.append { try await runUndo(undo) } }
        if let fallback = release.fallback { parts.append(fallback) }
        return parts
    }
}

extension Release.Undo {
    /// The undo as an operator types it.
    ///
    /// - Parameter statementCommand: how a statement is sent to the server from a shell.
    package func asCommand(_ statementCommand: (String) -> String) -> String {
        switch self {
        case .exec(let arguments): arguments.map(quotedForShell).joined(separator: " ")
        case .sql(let statement): statementCommand(statement)
        }
    }
}

/// A word as a shell takes it literally.
@Sendable
package func quotedForShell(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_./:=,@%+".utf8.contains(byte)
        }
    }
    if plain && !word.isEmpty { return word }
    // A letter after the quote may make one character of both.
    let parts = word.unicodeScalars.split(separator: "'", omittingEmptySubsequences: false).map { String($0) }
    return "'" + parts.joined(separator: #"'\''"#) + "'"
}
