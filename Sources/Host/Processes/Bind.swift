/// A directory that is mounted over another one, in a child's own mount namespace.
public struct Bind: Sendable, Equatable {
    public var source: String
    public var target: String

    public init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}
