import Host
import Lifecycle

/// The members of a set that a restore takes.
package struct ChosenMembers: Sendable {
    /// Files, their bytes as a reader sees them, and members.
    package private(set) var files = 0
    package private(set) var bytes: Int64 = 0
    package private(set) var members = 0
    /// Files without which InnoDB reads none of the chosen tablespaces, and which are not chosen.
    package private(set) var missingForInnoDB: [String] = []
    package let patterns: MemberPatterns
    private var numbers = NumberSet()
    /// The frames that hold them.
    private(set) var frames = NumberSet()

    /// Names that are compared with a pattern that matches none.
    private static let mostNames = 20_000
    private static let mostBytesOfNames = 2 << 20
    /// Parts of a name.
    ///
    /// The servers' have a handful; each costs a comparison of the name's beginning with each pattern.
    private static let mostParts = 256
    private static let mostHints = 3

    init(_ patterns: MemberPatterns, of set: SetFiles) throws {
        self.patterns = patterns
        var survey = Survey()
        var matched: Set<Int> = []
        var (number, covered) = (0, -1)
        let index = try set.indexReader()
        var end: Int64 = 0
        while let frame = try index.nextFrame() {
            end = frame.offset + Int64(frame.length)
            for member in frame.members {
                try CancellationFlag.check()
                let place = try MemberPath(RawPath(bytes: member.name))
                guard place.components.count <= Self.mostParts else {
                    throw ReadError.unsupported("a name of more than \(Self.mostParts) parts")
                }
                let found = patterns.matching(place, isDirectory: member.kind == "directory")
                matched.formUnion(found)
                survey.note(place)
                let position = Place(number: number, frames: member.firstFrame...frame.number)
                if found.isEmpty {
                    survey.pass(place, member)
                } else {
                    take(position, behind: &covered)
                    try add(member, place, &survey)
                }
                survey.enter(place, member, position, isChosen: !found.isEmpty)
                number += 1
            }
        }
        try set.check(index, archiveEnd: end)
        for (index, text) in patterns.texts.enumerated() where !matched.contains(index) {
            throw ReadError.noMember(pattern: text, set: set.name, nearest: survey.nearest(to: text))
        }
        try addTargets(of: set, &survey)
        covered = -1
        for found in survey.parents.sorted(by: { $0.number < $1.number }) { take(found.place, behind: &covered) }
        if survey.hasTablespace { missingForInnoDB = survey.systemFiles }
    }

    func holds(_ number: Int) -> Bool { numbers.holds(number) }

    /// Adds the members that chosen hard links are other names of.
    private mutating func addTargets(of set: SetFiles, _ survey: inout Survey) throws {
        guard !survey.targets.isEmpty else { return }
        var (number, covered) = (0, -1)
        let index = try set.indexReader()
        while let frame = try index.nextFrame() {
            for member in frame.members {
                try CancellationFlag.check()
                let place = try MemberPath(RawPath(bytes: member.name))
                let position = Place(number: number, frames: member.firstFrame...frame.number)
                if survey.targets.contains(place.hashValue), !holds(number) {
                    take(position, behind: &covered)
                    try add(member, place, &survey)
                }
                survey.enter(place, member, position, isChosen: holds(number))
                number += 1
            }
        }
    }

    /// The place of a member in the archive.
    private struct Place {
        var number: Int
        var frames: ClosedRange<Int>
    }

    /// - Parameter covered: the last frame of the members taken before, which come first in the archive: a manipulated index
    ///   may give all of them the same first frame.
    private mutating func take(_ place: Place, behind covered: inout Int) {
        numbers.add(place.number)
        for frame in stride(from: max(place.frames.lowerBound, covered + 1), through: place.frames.upperBound, by: 1) {
            frames.add(frame)
        }
        covered = max(covered, place.frames.upperBound)
    }

    private mutating func add(_ member: IndexedMember, _ place: MemberPath, _ survey: inout Survey) throws {
        members += 1
        survey.choose(place)
        if member.kind == "hard link", let target = member.target {
            survey.targets.insert(try MemberPath(RawPath(bytes: target)).hashValue)
        }
        guard member.kind == "file" else { return }
        files += 1
        let (sum, isTooMuch) = bytes.addingReportingOverflow(member.size)
        guard !isTooMuch else { throw ReadError.unsupported("members of more than \(Int64.max) bytes") }
        bytes = sum
    }

    /// Facts of the members, for hints and for the directories above the chosen ones.
    ///
    /// An archive may have a million members: what is kept of each chosen one is a few bytes.
    private struct Survey {
        /// A directory above chosen members.
        struct Parent {
            let number: UInt32
            private let first: UInt32
            private let last: UInt32

            init(_ place: Place) {
                number = UInt32(clamping: place.number)
                first = UInt32(clamping: place.frames.lowerBound)
                last = UInt32(clamping: place.frames.upperBound)
            }

            var place: Place { Place(number: Int(number), frames: Int(first)...Int(last)) }
        }

        private(set) var parents: [Parent] = []
        /// The members that chosen hard links name, by their hash values: two of the same value are both taken.
        var targets: Set<Int> = []
        private(set) var systemFiles: [String] = []
        private(set) var hasTablespace = false
        /// The directories above the present member, which come before it, and whether they were noted as parents.
        private var above: [(path: MemberPath, place: Place, isNoted: Bool)] = []
        private var names: [String] = []
        private var bytesOfNames = 0
        private static let mostSystemFiles = 100

        mutating func pass(_ place: MemberPath, _ member: IndexedMember) {
            guard systemFiles.count < Self.mostSystemFiles else { return }
            if LastNames.isOfInnoDB(place) || place.isUndoTablespace { systemFiles.append(place.description) }
        }

        /// Keeps the name for hints.
        mutating func note(_ place: MemberPath) {
            guard names.count < ChosenMembers.mostNames, bytesOfNames < ChosenMembers.mostBytesOfNames else { return }
            let name = place.description
            bytesOfNames += name.utf8.count
            names.append(name)
        }

        mutating func choose(_ place: MemberPath) {
            if place.isTablespace { hasTablespace = true }
        }

        /// Follows the walk through the tree, and notes the directories above a chosen member.
        mutating func enter(_ place: MemberPath, _ member: IndexedMember, _ position: Place, isChosen: Bool) {
            while let last = above.last, !place.isBelow(last.path) { above.removeLast() }
            if isChosen {
                for number in above.indices.reversed() {
                    if above[number].isNoted { break }
                    above[number].isNoted = true
                    parents.append(Parent(above[number].place))
                }
            }
            // A chosen directory is taken, and those above it are noted.
            if member.kind == "directory" { above.append((place, position, isChosen)) }
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
    fileprivate func isBelow(_ directory: MemberPath) -> Bool {
        components.count > directory.components.count && components.starts(with: directory.components)
    }

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
