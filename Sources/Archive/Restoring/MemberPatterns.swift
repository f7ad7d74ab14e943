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

/// The members of a set that a restore takes.
package struct ChosenMembers: Sendable {
    /// Files, their bytes as a reader sees them, and members.
    package private(set) var files = 0
    package private(set) var bytes: Int64 = 0
    package private(set) var members = 0
    /// Files without which InnoDB reads none of the chosen tablespaces, and which are not chosen.
    package private(set) var missingForInnoDB: [String] = []
    package let patterns: MemberPatterns
    private var numbers = MemberNumbers()

    /// Names that are compared with a pattern that matches none.
    private static let mostNames = 20_000
    private static let mostHints = 3

    init(_ patterns: MemberPatterns, of set: SetFiles) throws {
        self.patterns = patterns
        var survey = Survey()
        var matched: Set<Int> = []
        var number = 0
        let index = try set.indexReader()
        while let frame = try index.nextFrame() {
            for member in frame.members {
                let place = try MemberPath(RawPath(bytes: member.name))
                let found = patterns.matching(place, isDirectory: member.kind == "directory")
                matched.formUnion(found)
                survey.note(place)
                if found.isEmpty { survey.pass(place, member, number) } else { add(member, number, place, &survey) }
                number += 1
            }
        }
        for (index, text) in patterns.texts.enumerated() where !matched.contains(index) {
            throw ReadError.noMember(pattern: text, set: set.name, nearest: survey.nearest(to: text))
        }
        for parent in survey.parents { if let number = survey.directories[parent] { numbers.add(number) } }
        if survey.hasTablespace { missingForInnoDB = survey.systemFiles }
    }

    func holds(_ number: Int) -> Bool { numbers.holds(number) }

    private mutating func add(_ member: IndexedMember, _ number: Int, _ place: MemberPath, _ survey: inout Survey) {
        numbers.add(number)
        members += 1
        survey.choose(place)
        guard member.kind == "file" else { return }
        files += 1
        bytes += member.size
    }

    /// Facts of the members, for hints and for the directories above the chosen ones.
    private struct Survey {
        var directories: [MemberPath: Int] = [:]
        var parents: Set<MemberPath> = []
        var systemFiles: [String] = []
        var hasTablespace = false
        private var names: [String] = []

        mutating func pass(_ place: MemberPath, _ member: IndexedMember, _ number: Int) {
            if member.kind == "directory" { directories[place] = number }
            if LastNames.isOfInnoDB(place) || place.isUndoTablespace { systemFiles.append(place.description) }
        }

        /// Keeps the name for hints.
        mutating func note(_ place: MemberPath) {
            if names.count < ChosenMembers.mostNames { names.append(place.description) }
        }

        mutating func choose(_ place: MemberPath) {
            if place.isTablespace { hasTablespace = true }
            var parent = place
            while !parent.isTarget {
                parent = parent.parent
                parents.insert(parent)
            }
        }

        /// The names that differ least from a pattern, by themselves or as a path.
        func nearest(to pattern: String) -> [String] {
            var rest = names
            var found: [String] = []
            let word = pattern.split(separator: "/").last.map(String.init) ?? pattern
            while found.count < ChosenMembers.mostHints {
                let whole = Lifecycle.nearest(to: pattern, among: rest)
                guard
                    let next = whole
                        ?? Lifecycle.nearest(to: word, among: rest.map(Self.last)).flatMap({ name in
                            rest.first { Self.last($0) == name }
                        })
                else { break }
                found.append(next)
                rest.removeAll { $0 == next }
            }
            return found
        }

        private static func last(_ name: String) -> String { name.split(separator: "/").last.map(String.init) ?? name }
    }
}

extension MemberPath {
    fileprivate var isTablespace: Bool { components.last.map { $0.suffix(4).elementsEqual(".ibd".utf8) } ?? false }

    /// Of MariaDB and MySQL, such as "undo001", "undo_001" and "x.ibu".
    fileprivate var isUndoTablespace: Bool {
        guard let last = components.last else { return false }
        let name = String(decoding: last, as: UTF8.self)
        guard !name.hasSuffix(".ibu") else { return true }
        let digits = name.dropFirst("undo".count).drop { $0 == "_" }
        return components.count == 1 && name.hasPrefix("undo") && !digits.isEmpty && digits.allSatisfy(\.isNumber)
    }
}

/// Hands the chosen members on to another sink.
final class ChosenSink: MemberSink {
    private let sink: any MemberSink
    private let chosen: ChosenMembers
    private var number = -1
    private var isTaken = false

    init(_ sink: any MemberSink, _ chosen: ChosenMembers) {
        self.sink = sink
        self.chosen = chosen
    }

    func begin(_ member: TarMember) throws {
        number += 1
        isTaken = chosen.holds(number)
        if isTaken { try sink.begin(member) }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        if isTaken { try sink.write(bytes, at: offset) }
    }

    func end(_ member: TarMember) throws {
        if isTaken { try sink.end(member) }
    }
}
