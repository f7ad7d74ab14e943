/// What a guardian is told about the run that it guards.
public struct Charge: Codable, Equatable, Sendable {
    public var run: String
    /// The inode of the run's own mount namespace; nil where it has none, and then no process is ended.
    public var mountNamespace: UInt64?
    /// Whatever the guardian needs besides to release what the run held.
    public var context: [String: String]

    public init(run: String, mountNamespace: UInt64? = nil, context: [String: String] = [:]) {
        self.run = run
        self.mountNamespace = mountNamespace
        self.context = context
    }
}
