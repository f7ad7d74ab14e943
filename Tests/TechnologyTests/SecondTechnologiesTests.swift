import Conformance
import FoundationEssentials
import Host
import LVMBackup
import Lifecycle
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The engine takes a backup with a second storage and a second database.
struct SecondTechnologiesTests {
    @Test(arguments: [1, 2])
    func `a running SQLite database in a directory is backed up`(writers: Int) async throws {
        let fixture = try SQLiteFixture()
        for name in ["/copies", "/sets", "/state", "/restored"] { mkdir(fixture.scratch + name, 0o700) }
        for _ in 1...writers { #expect(fixture.canWrite()) }
        let backup = backup(fixture)
        let outcome = await backup.run()
        #expect(outcome.exitStatus == 0, "\(String(describing: outcome.failure)) \(outcome.leaked)")
        let set = try #require(outcome.set)
        // A change after the backup is not in it.
        #expect(fixture.canWrite())
        #expect(try DirectoryCopies(path: fixture.scratch + "/copies").copies().isEmpty)
        let manifest = try Data(contentsOf: URL(filePath: set.location + "/manifest.json"))
        let text = String(decoding: manifest, as: UTF8.self)
        for word in [#""sqlite""#, #""immediate""#] { #expect(text.contains(word), "\(word)") }
        let archive = try #require(
            try FileManager.default.contentsOfDirectory(atPath: set.location).first { $0.contains(".tar") }
        )
        let unpack = Command(
            "tar",
            [
                "--extract", "--zstd", "--file", "\(set.location)/\(archive)", "--directory",
                fixture.scratch + "/restored",
            ]
        )
        try await Commands.system.run(unpack).checked(unpack)
        #expect(try fixture.count("written", in: fixture.scratch + "/restored/x.db") == writers)
    }

    @Test func `a lock that is lost publishes no set, and leaves no copy`() async throws {
        let fixture = try SQLiteFixture()
        for name in ["/copies", "/sets", "/state"] { mkdir(fixture.scratch + name, 0o700) }
        var backup = backup(fixture)
        backup.after(.lock) { _, _ in fixture.breakSessions() }
        let outcome = await backup.run()
        #expect(outcome.set == nil)
        #expect(
            outcome.failure?.message.contains("its transaction has ended") == true,
            "\(String(describing: outcome.failure))"
        )
        #expect(try DirectoryCopies(path: fixture.scratch + "/copies").copies().isEmpty)
        #expect(fixture.canWrite())
    }

    /// The one line that names both technologies.
    private func backup(_ fixture: SQLiteFixture) -> Backup {
        var configuration = Configuration(destination: fixture.scratch + "/sets")
        configuration.stateDirectory = fixture.scratch + "/state"
        configuration.runDirectory = fixture.scratch + "/run"
        var backup = Backup(configuration: configuration)
        backup.technologies = Technologies(
            storage: DirectoryStorage(volume: fixture.scratch + "/volume", copies: fixture.scratch + "/copies"),
            database: fixture.makeDatabase()
        )
        return backup
    }
}
