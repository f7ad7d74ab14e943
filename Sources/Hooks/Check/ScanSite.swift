/// Where a file is being read: the names that are seen there, the hook, and the line.
struct ScanSite {
    var scope: ScanScope
    /// Nil at the file's own level, and in functions without known callers.
    var place: ScanPlace?
    var line = 0

    func at(_ line: Int) -> ScanSite { ScanSite(scope: scope, place: place, line: line) }

    func at(_ place: ScanPlace?) -> ScanSite { ScanSite(scope: scope, place: place, line: line) }

    /// In a block that has names of its own.
    func inside(_ scope: ScanScope) -> ScanSite { ScanSite(scope: scope, place: place, line: line) }
}
