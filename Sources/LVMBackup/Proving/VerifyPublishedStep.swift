import Archive
import Lifecycle

/// Verifies the set that the run has published.
struct VerifyPublishedStep: StepProvider {
    let name = "verify"
    let level: ProofLevel
    let configuration: Configuration
    let record: RunFile
    let ending: ProofEnding

    /// - Throws: `Failure` also where a hook has written the archive: a verification that was asked for and is not done
    ///   must not look like a good one.
    func provide(_ run: Run) async throws -> Provision<Verification> {
        guard let path = run.set?.location, run.set?.manifest != nil, run.archive?.partialDirectory != nil,
            let slash = path.lastIndex(of: "/")
        else {
            throw Failure(.failed, "the set is not verified: a hook has written its archive", advice: Self.advice)
        }
        let place = SetPlace(destination: String(path[..<slash]), name: String(path[path.index(after: slash)...]))
        var opening = SetOpening(place, configuration: configuration, guardian: nil)
        opening.scratch = configuration.scratch
        opening.threads = configuration.threads
        // The program that made the copy is the judge of what it reads.
        opening.acceptsAnyServer = false
        let proof = SetProof(opening, level: level)
        return try await VerifyStep(proof: proof, record: record) { ending.set($0, of: proof) }.provide(run)
    }

    static let advice = "verify it in a hook, backup.replace(\"verify\", …), or leave --verify out"

    func plan(_ run: Run) async throws -> [String] { ["verifies the published set at the level \"\(level.rawValue)\""] }
}
