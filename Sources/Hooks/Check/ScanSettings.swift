/// The settings of a run by which hook files are read.
package struct ScanSettings: Sendable {
    /// How long the lock may be held.
    package var maxLock: Duration
    /// The demands of a run on the values of filters.
    package var rules: FilterRules
    /// Whether a backup writes its set to a directory.
    package var hasDirectory = true
    /// The files for `require`.
    package var libraries: [HookFile] = []

    package init(maxLock: Duration = .seconds(30), rules: FilterRules) { (self.maxLock, self.rules) = (maxLock, rules) }

    /// Those of a run that is given none, without demands on filters.
    static let usual = ScanSettings(rules: .none)
}
