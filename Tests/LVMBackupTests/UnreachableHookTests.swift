import Archive
import Foundation
import Hooks
import Lifecycle
import Testing

@testable import LVMBackup

/// Hooks that a configuration never calls.
struct UnreachableHookTests {
    @Test func `every setting that hooks see is in the table`() throws {
        var configuration = Configuration(destination: "/backups")
        configuration.keepLast = 1
        (configuration.keepHourly, configuration.keepDaily, configuration.keepWeekly) = (1, 1, 1)
        (configuration.keepMonthly, configuration.keepYearly, configuration.keepWithin) = (1, 1, .seconds(1))
        (configuration.port, configuration.user, configuration.host, configuration.socket) = (1, "u", "h", "s")
        (configuration.logicalVolume, configuration.snapshotName, configuration.snapshotSize) = ("v", "n", "1G")
        (configuration.mountDirectory, configuration.defaultsFile) = ("/m", "/d")
        (configuration.verify, configuration.scratch) = ("start", "/s")
        let shown = Set(try #require(configuration.forHooks.fields).keys)
        #expect(shown == Set(APIRecord.config.fields.map(\.name)))
    }

    @Test func `the run of a hook's test has the settings of a run that is given none`() throws {
        #expect(Configuration().forHooks == Samples.config)
    }

    @Test(arguments: ["../n", "a/b", "", ".x", "a\tb"])
    func `the kit refuses the names of sets that a run refuses`(name: String) {
        #expect(throws: ArchiveError.self) { try FilterRules.ofRun.archiveName(name) }
    }

    @Test func `the kit refuses the sizes and patterns that a run refuses`() {
        #expect(throws: (any Error).self) { try FilterRules.ofRun.snapshotSize("much") }
        #expect(throws: ArchiveError.self) { try FilterRules.ofRun.archiveExclude([""]) }
    }

    private func notes(_ text: String, _ change: (inout Configuration) -> Void = { _ in }) async throws -> [String] {
        var configuration = Configuration(destination: "/backups")
        change(&configuration)
        let directory = FileManager.default.temporaryDirectory.appending(path: "hooks-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        // Left over in /tmp it does no harm.
        defer { _ = try? FileManager.default.removeItem(atPath: directory) }
        try text.write(toFile: "\(directory)/10-a.lua", atomically: true, encoding: .utf8)
        let hooks = try await HookLoading(configuration: configuration).load(directory)
        return UnreachableHooks.notes(hooks.registrations, configuration)
    }

    @Test(arguments: [
        ("after('retain'", "there is no keep rule"), ("filter('retention.plan'", "there is no keep rule"),
        ("on('retained'", "there is no keep rule"),
    ])
    func `a hook that waits for what never happens is named with the reason`(hook: String, reason: String) async throws
    {
        let notes = try await notes("backup.\(hook), function(_, value) return value end)")
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("10-a.lua:1: a/") == true && notes.first?.contains(reason) == true, "\(notes)")
    }

    @Test func `the configuration decides`() async throws {
        let flush = "backup.after('flush', function() end)"
        #expect(try await notes(flush).isEmpty)
        #expect(try await notes(flush) { $0.lock = .stage }.count == 1)
        #expect(try await notes(flush) { $0.skipExtraFlushTables = true }.count == 1)
        #expect(try await notes("backup.after('recover', function() end)") { $0.innodbRecovery = false }.count == 1)
        #expect(try await notes("backup.before('archive', function() end)") { $0.snapshotOnly = true }.count == 1)
        #expect(try await notes("backup.after('retain', function() end)") { $0.keepLast = 3 }.isEmpty)
    }
}
