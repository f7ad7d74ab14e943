/// The moment of the frozen image lies between these two.
package struct SnapshotSpan: Codable, Equatable, Sendable {
    /// Seconds since 1970 at which the provider was asked.
    package var time: Double
    /// Seconds of the monotonic clock at which the provider was asked.
    package var began: Double
    /// Seconds of the monotonic clock at which the provider returned.
    package var ended: Double
}
