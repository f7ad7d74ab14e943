/// Patterns of paths that the archive leaves out.
///
/// A pattern is matched against paths relative to the data directory; files outside it have their path in the archive,
/// such as ".lvmbackup/outside/srv/logs/binlog.000001". `*` stands for any bytes but "/", `**` for any bytes, `?` for
/// one byte but "/", `[a-z]` and `[!a-z]` for one of a set, and a backslash takes away the next character's meaning. A
/// leading "/" ties the pattern to the data directory. Without one it may begin at any component below the data
/// directory or below a directory outside: `*.tmp` matches at every depth. A trailing "/" matches directories only. A
/// directory that matches is left out with everything below it.
package struct ExcludePatterns: Sendable {
    private struct Pattern {
        var glob: Glob
        var isAnchored: Bool
        var isForDirectories: Bool
    }

    private let patterns: [Pattern]

    /// - Throws: ``ArchiveError/badPattern(_:why:)``
    package init(_ texts: [String]) throws(ArchiveError) {
        var patterns: [Pattern] = []
        for text in texts { patterns.append(try Self.parse(text)) }
        self.patterns = patterns
    }

    /// - Parameters:
    ///   - path: relative to the tree's root, without a leading "./".
    ///   - place: where the tree's root is, relative to the data directory.
    /// - Returns: the numbers of the patterns that match, counted from 0.
    func matching(_ path: [UInt8], in place: [UInt8] = [], isDirectory: Bool) -> [Int] {
        let whole = place.isEmpty ? path : place + [UInt8(ascii: "/")] + path
        return patterns.indices.filter { index in
            let pattern = patterns[index]
            if pattern.isForDirectories && !isDirectory { return false }
            return pattern.glob.matches(pattern.isAnchored ? whole : path)
        }
    }

    /// Whether a pattern matches; see ``matching(_:in:isDirectory:)``.
    func match(_ path: [UInt8], in place: [UInt8] = [], isDirectory: Bool) -> Bool {
        !matching(path, in: place, isDirectory: isDirectory).isEmpty
    }

    /// Whether a path is left out; see ``ExcludePatterns``.
    ///
    /// - Parameters:
    ///   - path: relative to the data directory, or to the directory outside at `place`.
    ///   - place: that directory's path in the archive; empty for the data directory.
    package func leavesOut(_ path: String, in place: String, isDirectory: Bool) -> Bool {
        match(Array(path.utf8), in: Array(place.utf8), isDirectory: isDirectory)
    }

    private static func parse(_ text: String) throws(ArchiveError) -> Pattern {
        var bytes = Array(text.utf8)
        guard !bytes.contains(0) else { throw .badPattern(text, why: "it contains a zero byte") }
        let isAnchored = bytes.first == UInt8(ascii: "/")
        if isAnchored { bytes.removeFirst() }
        let isForDirectories = bytes.last == UInt8(ascii: "/")
        if isForDirectories { bytes.removeLast() }
        guard !bytes.isEmpty else { throw .badPattern(text, why: "it would leave out everything or nothing") }
        do {
            // Without an anchor it may begin at any component.
            let glob = try Glob(isAnchored ? bytes : Array("**/".utf8) + bytes)
            return Pattern(glob: glob, isAnchored: isAnchored, isForDirectories: isForDirectories)
        } catch { throw .badPattern(text, why: error.why) }
    }
}
