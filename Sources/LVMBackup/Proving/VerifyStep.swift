import Lifecycle

/// Verifies a set; hooks may ask a server on it afterwards.
struct VerifyStep: StepProvider {
    let name = "verify"
    let proof: SetProof
    let record: RunFile
    let onEnd: @Sendable (Result<SetProof.Report, any Error>) -> Void

    func provide(_ run: Run) async throws -> Provision<Verification> {
        var proof = proof
        let pace = ProgressPace()
        proof.opening.onProgress = { bytes in
            guard pace.isDue else { return }
            run.progress(Progress(step: .verify, bytes: bytes, totalBytes: nil, files: 0))
        }
        do {
            let (report, data) = try await proof.run(run.id, record, ReleaseScope(of: run))
            if proof.level == .start, let data { run.allowQuestions { DataInspection(data) } }
            onEnd(.success(report))
            return .result(Verification(report, proof.level))
        } catch {
            onEnd(.failure(error))
            throw error
        }
    }

    func plan(_ run: Run) async throws -> [String] { [] }
}

extension Verification {
    fileprivate init(_ report: SetProof.Report, _ level: ProofLevel) {
        self.init(level: level.rawValue)
        files = report.files
        bytes = report.bytes
        guard level != .checksums else { return }
        tableFiles = report.tableFiles
        leftOut = report.leftOut
        if level == .start { tables = report.tables }
    }
}
