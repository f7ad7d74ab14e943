package import Lifecycle
import Synchronization

/// The verification of a backup set as a run of its own: with hooks, events and releases as a backup has them.
package struct VerificationRun: Sendable {
    /// The end of a verification.
    package struct Ending: Sendable {
        package var outcome: Outcome
        /// The result of the step; nil where it failed, or a hook left it out.
        package var verification: Verification?
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

    /// Verifies the set, and writes the result beside its manifest.
    ///
    /// Does not throw: the outcome says how it ended.
    package func run() async -> Ending {
        let end = ProofEnding()
        let verified = Mutex<Verification?>(nil)
        let beginning = SetRunBeginning(configuration: configuration, guardian: guardian)
        var recorded = RecordedRun(
            configuration: configuration,
            options: hooks.options(.verify, configuration, timeout: timeout)
        )
        recorded.begin = { [proof] in try await beginning.begin($0, proof.opening.place, level: proof.level) }
        var outcome = await recorded.run { record in
            var table = hooks.table
            table.provide(.verify, by: VerifyStep(proof: proof, record: record) { end.set($0, of: proof) })
            table.after(.verify, name: "lvmbackup") { _, verification in verified.withLock { $0 = verification } }
            return table
        }
        await end.mark(&outcome)
        return Ending(
            outcome: outcome,
            verification: verified.withLock { $0 },
            report: end.report,
            isDamaged: end.isDamaged
        )
    }
}
