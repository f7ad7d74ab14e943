import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Patterns against files without which the server does not start.
struct EssentialFilesTests {
    private static let redo = DataFile.Role("redoLog", word: "redo log", isEssential: true)
    private static let system = DataFile.Role("systemTablespace", word: "system tablespace", isEssential: true)
    private static let tables = DataFile.Role("systemTables", word: "system tables", isEssential: true)
    private let directory: ScratchDirectory

    init() async throws {
        directory = try ScratchDirectory()
        _ = try await shell(
            """
            mkdir -p data/mysql data/#innodb_redo data/undoings srv/ib
            for file in data/ibdata1 data/undo001 data/#innodb_redo/#ib_redo1 data/mysql/db.MAD data/mysql/general_log.CSV \
                data/undoings/t.ibd srv/ib/ibdata2; do echo x >$file; done
            """,
            in: directory.path(".")
        )
    }

    private var paths: [DataPath] {
        [
            DataPath(role: .datadir, path: "/d", pathOnVolume: "data"),
            DataPath(role: Self.system, path: "/d/ibdata1", pathOnVolume: "data/ibdata1"),
            DataPath(role: Self.system, path: "/srv/ib/ibdata2", pathOnVolume: "srv/ib/ibdata2"),
            DataPath(
                role: Self.redo,
                path: "/d",
                pathOnVolume: "data",
                names: ["ib_logfile*", "#innodb_redo", "undo*"]
            ),
            DataPath(role: Self.tables, path: "/d/mysql", pathOnVolume: "data/mysql", names: ["[!gs]*"]),
            DataPath(role: .tablespace, path: "/srv/t.ibd", pathOnVolume: "srv/t.ibd"),
        ]
    }

    private func refusal(_ patterns: [String]) -> ArchiveError? {
        let top = directory.path(".")
        let mount = Mount(path: top + "/data", mountPoint: top, release: Release("mount") {})
        do {
            try EssentialFiles(mount, paths).refuse(patterns)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("ibdata1", "/d/ibdata1"), ("/ibdata?", "/d/ibdata1"), ("*", "/d/ibdata1"), ("ibdata2", "/srv/ib/ibdata2"),
        ("/.lvmbackup/**/ibdata2", "/srv/ib/ibdata2"), ("mysql/", "/d/mysql/db.MAD"), ("*.MAD", "/d/mysql/db.MAD"),
        ("/mysql/*", "/d/mysql/db.MAD"), ("#innodb_redo", "/d/#innodb_redo"),
        ("#ib_redo*", "/d/#innodb_redo/#ib_redo1"), ("undo00?", "/d/undo001"),
    ])
    func `a pattern that leaves one out is refused by its name`(pattern: String, path: String) {
        let failure = refusal(["*.tmp", pattern])?.failure
        let message = failure?.message ?? "nothing"
        #expect(message.hasPrefix("the pattern \"\(pattern)\" leaves out \"\(path)\" ("), "\(message)")
        #expect(failure?.kind == .unsuitable)
    }

    @Test(arguments: [
        "general_log.CSV", "undoings/", "t.ibd", "*.tmp", "/srv/", "/.lvmbackup/outside/srv/ib/", "mysql2",
        "ib_logfile*",
    ])
    func `other patterns pass`(pattern: String) { #expect(refusal([pattern]) == nil) }

    @Test func `a path that is not there is left to the archive`() {
        let mount = Mount(
            path: directory.path("nothing"),
            mountPoint: directory.path("."),
            release: Release("mount") {}
        )
        let path = DataPath(role: Self.system, path: "/d/ibdata9", pathOnVolume: "nothing/ibdata9")
        #expect(throws: Never.self) { try EssentialFiles(mount, [path]).refuse(["*"]) }
    }
}
