/// The description of a run that its guardian gets.
package struct GuardianRequest: Codable, Equatable, Sendable {
    package var run: String
    /// The inode of the run's own mount namespace; nil where it has none, and then no process is ended.
    package var mountNamespace: UInt64?
    /// Further values that the guardian needs for the releases of the run.
    package var context: [String: String]

    package init(run: String, mountNamespace: UInt64? = nil, context: [String: String] = [:]) {
        self.run = run
        self.mountNamespace = mountNamespace
        self.context = context
    }
}
