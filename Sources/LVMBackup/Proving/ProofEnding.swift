import Lifecycle
import Synchronization

/// The end of a verification by the built-in provider, kept until the run has ended.
final class ProofEnding: Sendable {
    private let end = Mutex<(proof: SetProof, result: Result<SetProof.Report, any Error>)?>(nil)

    func set(_ result: Result<SetProof.Report, any Error>, of proof: SetProof) {
        end.withLock { $0 = (proof, result) }
    }

    /// Nil where the verification did not succeed.
    var report: SetProof.Report? {
        end.withLock { end in
            guard case .success(let report)? = end?.result else { return nil }
            return report
        }
    }

    /// Whether the verification proved that the set is damaged.
    var isDamaged: Bool {
        end.withLock { end in
            guard case .failure(let error)? = end?.result else { return false }
            return SetProof.isDamage(error)
        }
    }

    /// Writes the result beside the manifest: damage that is proven, or a verification that all hooks agreed to.
    func mark(_ outcome: inout Outcome) async {
        guard let proof = end.withLock({ $0?.proof }), isDamaged || (report != nil && outcome.ending == .succeeded)
        else { return }
        do { try await proof.mark(damage: isDamaged ? outcome.failure?.message : nil) } catch {
            outcome.warnings.append("the verification is not recorded: \(Failure(error).message)")
        }
    }
}
