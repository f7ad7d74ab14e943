import Archive
import Lifecycle

/// Verifies the set that the run has published.
struct VerifyPublishedStep: StepProvider {
    let name = "verify"
    let level: ProofLevel
    let configuration: Configuration
    let record: RunFile
    let ending: ProofEnding

    func provide(_ run: Run) async throws -> Provision<Verification> {
        guard let set = run.set, set.manifest != nil, run.archive?.partialDirectory != nil else {
            return .declined("the archive is in no directory of sets")
        }
        let path = set.location
        guard let slash = path.lastIndex(of: "/") else { return .declined("the set has no directory") }
        let place = SetPlace(destination: String(path[..<slash]), name: String(path[path.index(after: slash)...]))
        var opening = SetOpening(place, configuration: configuration, guardian: nil)
        opening.scratch = configuration.scratch
        opening.threads = configuration.threads
        // The program that made the copy is the judge of what it reads.
        opening.acceptsAnyServer = false
        let proof = SetProof(opening, level: level)
        return try await VerifyStep(proof: proof, record: record) { ending.set($0, of: proof) }.provide(run)
    }

    func plan(_ run: Run) async throws -> [String] { ["verifies the published set at the level \"\(level.rawValue)\""] }
}
