/// A directory that is mounted over another one, in a child's own mount namespace.
package struct Bind: Sendable, Equatable {
    package var source: String
    package var target: String

    package init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}
