import FoundationEssentials
import Host
import Lifecycle
import Storage

#if canImport(Glibc)
    import Glibc
#endif

/// A copy of a directory, and the file beside it that names its owner.
struct DirectoryCopy: Sendable {
    /// The content of the file.
    struct Marks: Codable {
        var run: String
        var identity: Identity
        var origin: String
        var isKept = false
    }

    let name: String
    private let directory: String

    init(name: String, in directory: String) {
        self.name = name
        self.directory = directory
    }

    var path: String { "\(directory)/\(name)" }
    private var marksPath: String { path + ".json" }
    /// The marks go last: while there is anything, its owner is known.
    var removal: [String] { ["rm", "-r", "-f", "--one-file-system", "--", path, marksPath] }

    /// - Throws: where they are not there, or are not whole.
    func marks() throws -> Marks { try JSONDecoder().decode(Marks.self, from: Data(try readFile(marksPath))) }

    /// Written before the copy is begun: there is none without an owner.
    func write(_ marks: Marks) throws { try JSONEncoder().encode(marks).write(to: URL(filePath: marksPath)) }

    func keep() throws {
        var marks = try marks()
        marks.isKept = true
        try write(marks)
    }

    /// - Throws: `Failure` where it is not there any more.
    func check() throws {
        guard access(path, F_OK) == 0 else { throw Failure(.failed, "copy \"\(name)\" does not exist any more") }
    }

    func remove() throws {
        for path in [path, marksPath] where access(path, F_OK) == 0 { try FileManager.default.removeItem(atPath: path) }
    }
}

/// All copies in a directory.
struct DirectoryCopies: OwnedVolumes {
    let path: String
    let awaitedPrograms: Set<String> = ["cp"]
    let ignoredPrograms: Set<String> = []

    /// Those whose owner is known.
    func copies() throws -> [DirectoryCopy] {
        try listDirectory(path).sorted().filter { $0.hasSuffix(".json") }
            .map { DirectoryCopy(name: String($0.dropLast(5)), in: path) }
    }

    func all() throws -> [OwnedVolume] {
        try copies().map { copy in
            let marks = try copy.marks()
            return OwnedVolume(
                name: copy.name,
                owner: OwnedVolume.Owner(run: marks.run, identity: marks.identity, origin: marks.origin),
                isActive: !marks.isKept,
                isKept: marks.isKept,
                removal: copy.removal,
                remove: { _ in try copy.remove() }
            )
        }
    }

    /// A copy has none.
    func exists(uuid: String) -> Bool? { nil }

    /// A directory is never suspended.
    func resume(_ origin: String, isDryRun: Bool) -> [String] { [] }
}
