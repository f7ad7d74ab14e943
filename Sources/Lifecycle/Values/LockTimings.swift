/// Seconds that the parts of the lock took; nil for a part that was not measured, such as the flush of a hook's lock.
///
/// All but ``acquire`` lie in the time for which the lock is held, and are not all of it: hooks under the lock take time,
/// too. Coordinates of a lock that keeps commits back are read while the snapshot is made.
public struct LockTimings: Codable, Equatable, Sendable {
    /// From the first statement that can block writers to the grant.
    public var acquire: Double?
    /// The flush of the engines' logs, with the statements that make commits durable.
    public var engineLogs: Double?
    /// The statements that read the coordinates.
    public var coordinates: Double?
    /// The command that makes the snapshot, up to the end of the lock; it suspends the volume for a part of this time.
    public var snapshot: Double?
    /// From the release statement to the answer that the same session still held the lock.
    public var release: Double?

    package init(
        acquire: Double? = nil,
        engineLogs: Double? = nil,
        coordinates: Double? = nil,
        snapshot: Double? = nil,
        release: Double? = nil
    ) {
        self.acquire = acquire
        self.engineLogs = engineLogs
        self.coordinates = coordinates
        self.snapshot = snapshot
        self.release = release
    }

    private enum CodingKeys: String, CodingKey {
        case acquire
        case engineLogs = "engine_logs"
        case coordinates, snapshot, release
    }

    /// The parts, as JSON spells them, in the order in which they begin.
    package enum Part: String, CaseIterable, Sendable {
        case acquire
        case engineLogs = "engine_logs"
        case coordinates, snapshot, release
    }

    /// The measured parts.
    package var parts: [(part: Part, seconds: Double)] {
        Part.allCases.compactMap { part in self[part].map { (part, $0) } }
    }

    /// Seconds of one part.
    package subscript(part: Part) -> Double? {
        get {
            switch part {
            case .acquire: acquire
            case .engineLogs: engineLogs
            case .coordinates: coordinates
            case .snapshot: snapshot
            case .release: release
            }
        }
        set {
            switch part {
            case .acquire: acquire = newValue
            case .engineLogs: engineLogs = newValue
            case .coordinates: coordinates = newValue
            case .snapshot: snapshot = newValue
            case .release: release = newValue
            }
        }
    }
}
