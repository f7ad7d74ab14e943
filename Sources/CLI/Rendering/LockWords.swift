import LVMBackup

extension LockTimings {
    /// The parts of the time for which the lock was held, such as "engine logs 3 ms, snapshot 430 ms".
    ///
    /// Parts under half a millisecond are left out, and numbers of a manifest that make no sense.
    var heldInWords: String {
        parts.filter { $0.part != .acquire && $0.seconds >= 0.0005 && $0.seconds < 1e9 }
            .map { "\($0.part.rawValue.replacing("_", with: " ")) \($0.seconds.asTime)" }.joined(separator: ", ")
    }
}
