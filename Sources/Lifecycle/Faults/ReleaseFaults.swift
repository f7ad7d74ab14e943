internal import Faults

extension Release {
    /// A part of a release, with the faults before and after it.
    func pastFaults(_ rung: @escaping @Sendable () async throws -> Void) -> @Sendable () async throws -> Void {
        #if DEBUG
            return { [name] in
                try await Faults.pass("release/" + name, .entry)
                try await rung()
                try await Faults.pass("release/" + name, .exit)
            }
        #else
            return rung
        #endif
    }
}
