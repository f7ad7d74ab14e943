internal import Faults

extension Release {
    /// A part of a release, with the faults before and after it.
    func pastFaults(_ part: @escaping @Sendable () async throws -> Void) -> @Sendable () async throws -> Void {
        #if DEBUG
            return { [name] in
                try await Faults.pass("release/" + name, .entry)
                try await part()
                try await Faults.pass("release/" + name, .exit)
            }
        #else
            return part
        #endif
    }
}
