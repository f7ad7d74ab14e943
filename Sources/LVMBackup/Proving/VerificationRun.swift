package import Lifecycle
import Synchronization

/// The verification of a backup set as a run of its own: with hooks, events and releases as a backup has them.
package struct VerificationRun: Sendable {
    /// The end of a verification.
    package struct Ending: Sendable {
        package var outcome: Outcome
        /// Nil where the built-in verification did not succeed.
        package var report: SetProof.Report?
        /// Whether the verification proved that the set is damaged.
        package var isDamaged = false
    }

    package var hooks = RunHooks()
    /// How long the whole run may take; nil: no limit.
    package var timeout: Duration?
    private let proof: SetProof
    private let configuration: Configuration
    private let guardian: GuardianLauncher?

    /// - Parameter guardian: releases what this process holds, should it end suddenly; nil: the next command does.
    package init(_ proof: SetProof, configuration: Configuration, guardian: GuardianLauncher?) {
        self.proof = proof
        self.configuration = configuration
        self.guardian = guardian
    }

    /// Verifies the set, and writes the result beside its manifest. Does not throw: the outcome says how it ended.
    package func run() async -> Ending {
        let result = Mutex<Result<SetProof.Report, any Error>?>(nil)
        let beginning = SetRunBeginning(configuration: configuration, guardian: guardian)
        var recorded = RecordedRun(
            configuration: configuration,
            options: hooks.options(.verify, configuration, timeout: timeout)
        )
        recorded.begin = { [proof] in try await beginning.begin($0, proof.opening.place, level: proof.level) }
        let outcome = await recorded.run { record in
            var table = hooks.table
            table.provide(.verify, by: VerifyStep(proof: proof, record: record) { end in result.withLock { $0 = end } })
            return table
        }
        var ending = Ending(outcome: outcome)
        switch result.withLock({ $0 }) {
        case .success(let report): ending.report = report
        case .failure(let error): ending.isDamaged = SetProof.isDamage(error)
        case nil: break
        }
        return await marked(ending)
    }

    /// The result stands beside the manifest: damage that is proven, or a verification that all hooks agreed to.
    private func marked(_ ending: Ending) async -> Ending {
        guard ending.isDamaged || (ending.report != nil && ending.outcome.ending == .succeeded) else { return ending }
        var ending = ending
        do {
            try await proof.mark(damage: ending.isDamaged ? ending.outcome.failure?.message : nil)
        } catch {
            ending.outcome.warnings.append("the verification is not recorded: \(Failure(error).message)")
        }
        return ending
    }
}
