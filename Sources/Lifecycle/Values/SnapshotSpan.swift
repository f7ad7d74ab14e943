/// The moment of the frozen image lies between these two.
package struct SnapshotSpan: Codable, Equatable, Sendable {
    /// Seconds since 1970 at which the provider was asked.
    package var time: Double
    /// Seconds of the monotonic clock at which the provider was asked.
    package var began: Double
    /// Seconds of the monotonic clock at which the provider returned, or at which the lock was released where the provider
    /// said before that the moment has passed.
    package var ended: Double
}
