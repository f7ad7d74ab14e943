/// Something that could not be released.
public struct Leak: Codable, Equatable, Sendable {
    /// The name of the thing, as its release has it.
    public var name: String
    /// The reason why it was not released.
    public var reason: String
    /// The command that repairs it.
    public var repair: String?

    /// Creates a leak.
    public init(name: String, reason: String, repair: String?) {
        self.name = name
        self.reason = reason
        self.repair = repair
    }
}
