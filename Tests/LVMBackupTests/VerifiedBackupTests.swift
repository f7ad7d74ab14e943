import Archive
import FoundationEssentials
import Lifecycle
import TestSupport
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Backups that verify their sets; as root with an installed server, the steps that need LVM are replaced.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct VerifiedBackupTests {
    /// Another backup of a set's data.
    private func backup(
        _ set: FreshSet,
        _ level: String,
        hook: String? = nil,
        change: (inout Configuration) -> Void = { _ in }
    ) async throws -> Outcome {
        var backup = FreshSet.backup(set.data, to: set.destination)
        backup.configuration.verify = level
        backup.configuration.keepLast = 1
        change(&backup.configuration)
        if let hook {
            _ = try await backup.hooks.load(backup.configuration, from: try set.hooks(["10-site.lua": hook]))
        }
        return await backup.run()
    }

    private func mark(_ path: String) throws -> VerifiedMark? {
        guard FileManager.default.fileExists(atPath: path + "/verified.json") else { return nil }
        return try JSONDecoder().decode(
            VerifiedMark.self,
            from: Data(contentsOf: URL(filePath: path + "/verified.json"))
        )
    }

    @Test(arguments: ProofLevel.allCases)
    func `a good set is marked with the level, and older ones are removed`(level: ProofLevel) async throws {
        let set = try await FreshSet()
        let outcome = try await backup(set, level.rawValue)
        #expect(outcome.exitStatus == 0, "\(String(describing: outcome.failure)) \(outcome.leaked)")
        let made = try #require(outcome.set)
        #expect(try mark(made.location)?.level == level.rawValue)
        #expect(try mark(made.location)?.tool == "lvmbackup \(Version.current)")
        #expect(try set.names == [String(made.location.split(separator: "/").last ?? "")])
    }

    @Test func `proven damage marks the set, fails the run, and keeps the older sets`() async throws {
        let set = try await FreshSet()
        let file = open(set.data + "/shop/orders.ibd", O_WRONLY)
        #expect(pwrite(file, "xxxxxxxx", 8, 3 * 16_384 + 200) == 8)
        close(file)
        let outcome = try await backup(set, "structure")
        #expect(outcome.exitStatus == 5)
        #expect(outcome.failure?.kind == .unverified)
        #expect(outcome.failure?.step == .verify)
        let made = try #require(outcome.set)
        #expect(try mark(made.location)?.damage?.contains("shop/orders.ibd") == true)
        #expect(try set.names.contains(set.place.name))
        #expect(try await SetList.read(set.destination).find("latest").name == set.place.name)
    }

    @Test func `a failed assertion fails the run, and marks nothing`() async throws {
        let set = try await FreshSet()
        let hook = """
            backup.after("verify", function(run, result)
              local row = run:sql("SELECT COUNT(*) AS n FROM shop.orders")[1]
              error(("%d orders in %s"):format(row.n, run.set.directory), 0)
            end)
            """
        let outcome = try await backup(set, "start", hook: hook)
        let made = try #require(outcome.set)
        #expect(outcome.exitStatus == 5)
        #expect(outcome.failure?.message == "10-site.lua:3: 2 orders in \(made.location)")
        #expect(try mark(made.location) == nil)
        #expect(try set.names.contains(set.place.name))
    }

    @Test func `a set that cannot be verified is not damaged`() async throws {
        let set = try await FreshSet()
        let outcome = try await backup(set, "structure") { $0.scratch = set.data }
        #expect(outcome.exitStatus == 5)
        let made = try #require(outcome.set)
        #expect(try mark(made.location) == nil)
        #expect(try set.names.contains(set.place.name))
    }

    @Test(arguments: [("", 5), ("backup.replace('verify', function() return { level = 'mine' } end)", 0)])
    func `an archive that a hook has written is verified by a hook or not at all`(more: String, status: Int32)
        async throws
    {
        let set = try await FreshSet()
        let hook = "backup.replace('archive', function() return { location = '\(set.data)' } end) \(more)"
        let outcome = try await backup(set, "start", hook: hook)
        #expect(outcome.exitStatus == status, "\(String(describing: outcome.failure))")
        let message = status == 0 ? nil : "the set is not verified: a hook has written its archive"
        #expect(outcome.failure?.message == message)
        #expect(try set.names.contains(set.place.name) == (status != 0))
    }

    @Test(arguments: ["chekcsums", ""])
    func `an unknown level is refused before anything is done`(level: String) async throws {
        let set = try await FreshSet()
        let outcome = try await backup(set, level)
        #expect(outcome.exitStatus == 78)
        #expect(outcome.failure?.step == .preflight)
        #expect(try set.names == [set.place.name])
    }

    @Test func `a stream and a kept snapshot cannot be verified`() {
        var configuration = Configuration(destination: "-")
        #expect(throws: SettingsError.self) { try ProofLevel("start", configuration) }
        configuration.destination = "/backups"
        configuration.snapshotOnly = true
        #expect(throws: SettingsError.self) { try ProofLevel("start", configuration) }
    }
}
