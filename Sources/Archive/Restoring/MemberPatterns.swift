import Lifecycle

/// Patterns of the members that a restore takes; written as those of ``ExcludePatterns``.
package struct MemberPatterns: Sendable, Equatable {
    package let texts: [String]
    private let patterns: ExcludePatterns

    /// - Throws: ``ArchiveError/badPattern(_:why:)``
    package init(_ texts: [String]) throws(ArchiveError) {
        self.texts = texts
        patterns = try ExcludePatterns(texts)
    }

    package static func == (left: MemberPatterns, right: MemberPatterns) -> Bool { left.texts == right.texts }

    /// Chooses the members of a set.
    ///
    /// Blocks.
    ///
    /// - Throws: ``ReadError/noMember(pattern:set:nearest:)`` for a pattern that matches none; ``ReadError``, ``ArchiveError``
    package func choose(from files: SetFiles) async throws -> ChosenMembers {
        try await onOwnThread { try ChosenMembers(self, of: files) }
    }

    /// The patterns, by number, of which a member is the match; a member of a chosen directory matches as well.
    func matching(_ place: MemberPath, isDirectory: Bool) -> Set<Int> {
        var found: Set<Int> = []
        for count in place.components.indices {
            let path = Array(place.components[...count].joined(separator: [0x2f]))
            let isWhole = count == place.components.count - 1
            found.formUnion(patterns.matching(path, isDirectory: isDirectory || !isWhole))
        }
        return found
    }
}
