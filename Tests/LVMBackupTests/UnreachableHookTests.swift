import Archive
import Foundation
import Hooks
import Lifecycle
import TestSupport
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

    @Test func `the words of a setting are those of the command`() {
        func words(_ name: String) -> Set<String> {
            Set(APIRecord.config.fields.first { $0.name == name }?.words ?? [])
        }
        #expect(words("lock") == Set(LockChoice.allCases.map(\.rawValue)))
        #expect(words("verify") == Set(ProofLevel.allCases.map(\.rawValue)))
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

    @Test(arguments: [
        ("snapshot.size", "'20%'"), ("snapshot.size", "'10 gigabytes'"), ("archive.name", "'a/b'"),
        ("archive.exclude", "{ '[a' }"),
    ])
    func `a value that a run refuses is told by reading`(filter: String, value: String) async throws {
        let text = "backup.filter('\(filter)', function(run, value) return \(value) end)"
        let found = try await reading(text) { directory in
            await HookLoading(configuration: Configuration()).examine(directory).mistakes.map(\.message)
        }
        #expect(found.count == 1 && found[0].hasPrefix("a run refuses the returned"), "\(found)")
    }

    /// A directory with a hook file, for a call.
    private func reading<Value>(_ text: String, _ body: (String) async throws -> Value) async throws -> Value {
        let scratch = try ScratchDirectory()
        try scratch.write(text, to: "10-a.lua")
        return try await body(scratch.path)
    }

    private func notes(_ text: String, _ change: (inout Configuration) -> Void = { _ in }) async throws -> [String] {
        var configuration = Configuration(destination: "/backups")
        change(&configuration)
        let loading = HookLoading(configuration: configuration)
        return try await reading(text) { directory in
            UnreachableHooks.notes(try await loading.load(directory).registrations, loading.configuration)
        }
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

    /// The line about a hook under a configuration; nil: it is called, and not in vain.
    private static let lines: [(hook: String, change: @Sendable (inout Configuration) -> Void, line: String?)] = [
        ("after('verify'", { _ in }, "is called by \"lvmbackup verify\" alone: the backup verifies no set"),
        ("before('verify'", { _ in }, "is called before a step that does nothing: the backup verifies no set"),
        ("on('verified'", { _ in }, "is called by \"lvmbackup verify\" alone: the backup verifies no set"),
        ("after('verify'", { $0.verify = "start" }, nil), ("before('verify'", { $0.verify = "start" }, nil),
        ("on('verified'", { $0.verify = "start" }, nil),
        ("replace('verify'", { _ in }, nil),
        (
            "on('verified'", { ($0.verify, $0.destination) = ("start", "-") },
            "alone: the set is a stream, which is not verified"
        ),
        ("before('retain'", { _ in }, "is called before a step that does nothing: all sets are kept"),
        ("before('retain'", { $0.keepDaily = 3 }, nil),
        ("on('retained'", { ($0.keepDaily, $0.destination) = (3, "-") }, "is never called: a stream has no directory"),
        ("filter('retention.plan'", { ($0.keepDaily, $0.destination) = (3, "-") }, "is never called: a stream"),
        (
            "before('recover'", { $0.innodbRecovery = false },
            "before a step that does nothing: recovery is switched off"
        ),
        ("after('recover'", { $0.innodbRecovery = false }, "is never called: recovery is switched off"),
        ("on('recovered'", { $0.innodbRecovery = false }, "is never called: recovery is switched off"),
        ("replace('recover'", { $0.innodbRecovery = false }, nil),
        ("before('mount'", { $0.snapshotOnly = true }, "is never called: with --snapshot-only"),
        ("replace('archive'", { $0.snapshotOnly = true }, "is never called: with --snapshot-only"),
        ("filter('archive.exclude'", { $0.snapshotOnly = true }, "is never called: with --snapshot-only"),
        ("on('archived'", { $0.snapshotOnly = true }, "is never called: with --snapshot-only"),
        ("on('locked'", { $0.lock = .none }, "is never called: the lock plan \"none\" locks nothing"),
        ("on('unlocked'", { $0.lock = .none }, "is never called: the lock plan \"none\" locks nothing"),
        ("before('flush'", { $0.lock = .stage }, nil), ("before('restore'", { _ in }, nil),
        ("on('restored'", { _ in }, nil),
        ("on('snapshot_usage'", { _ in }, nil), ("filter('snapshot.size'", { _ in }, nil),
    ]

    @Test(arguments: lines.indices)
    func `a hook that is not called, or before nothing, has a line`(index: Int) async throws {
        let row = Self.lines[index]
        let notes = try await notes("backup.\(row.hook), function(_, value) return value end)", row.change)
        #expect(notes.count == (row.line == nil ? 0 : 1), "\(row.hook): \(notes)")
        if let line = row.line { #expect(notes.first?.contains(line) == true, "\(notes)") }
    }

    @Test(arguments: [
        "if run.dry_run then return run:decline('x') end return { device = '/d', release = { exec = { 'x' } } }",
        "local answer = run:decline('x') return answer", "return run:decline('x')",
    ])
    func `a replacement that may decline takes nothing from the built-in step`(code: String) async throws {
        let hooks = """
            backup.replace('snapshot', function(run) \(code) end)
            backup.filter('snapshot.size', function(_, value) return value end)
            backup.on('snapshot_usage', function() end)
            backup.replace('archive', function(run) \(code) end)
            backup.filter('archive.exclude', function(_, value) return value end)
            """
        #expect(try await notes(hooks) == [])
    }

    @Test func `a replaced snapshot asks no filter for its size, and tells no usage`() async throws {
        let hooks = """
            backup.replace('snapshot', function(run) return { device = '/d', release = { exec = { 'x' } } } end)
            backup.filter('snapshot.size', function(_, value) return value end)
            backup.on('snapshot_usage', function() end)
            """
        let notes = try await notes(hooks)
        #expect(notes.count == 2 && notes.allSatisfy { $0.contains("a hook replaces the step snapshot") }, "\(notes)")
    }

    @Test func `a replacement behind one of another file that never declines is named`() async throws {
        let text = "backup.replace('archive', function(run) return { location = '/y' } end)"
        let loading = HookLoading(configuration: Configuration(destination: "/backups"))
        try await reading(text) { directory in
            try text.write(toFile: "\(directory)/20-b.lua", atomically: true, encoding: .utf8)
            let notes = UnreachableHooks.notes(try await loading.load(directory).registrations, loading.configuration)
            let reason = "the replacement of 10-a.lua:1 does not decline"
            #expect(notes == ["20-b.lua:1: b/replace.archive is never called: \(reason)"])
        }
    }

    @Test func `a verification that each run would fail is a warning`() async throws {
        let archive = "backup.replace('archive', function(run) return { location = '/y' } end)"
        var configuration = Configuration(destination: "/backups")
        configuration.verify = "start"
        let loading = HookLoading(configuration: configuration)
        let line = "10-a.lua:1: --verify start fails each run: a hook writes the archive, which only a hook can verify"
        try await reading(archive) { directory in
            #expect(await loading.examine(directory).warnings == [line])
        }
        try await reading(archive + " backup.replace('verify', function() return { level = 'x' } end)") { directory in
            #expect(await loading.examine(directory).warnings == [])
        }
    }

    @Test func `hooks of another run and secrets of another host are notes`() async throws {
        let loading = HookLoading(configuration: Configuration(destination: "/backups"))
        let text = """
            backup.after('verify', function(run)
              run:http { url = 'http://x/', headers = { A = run:secret('nothing-of-this-name') } }
            end)
            """
        try await reading(text) { directory in
            let examination = await loading.examine(directory)
            #expect(examination.warnings == [] && examination.mistakes == [])
            #expect(examination.notes.count == 1)
            #expect(examination.notes.first?.contains("is called by \"lvmbackup verify\" alone") == true)
            #expect(examination.missing.count == 1)
            #expect(
                examination.missing.first?.hasPrefix("10-a.lua:2: there is no secret \"nothing-of-this-name\"") == true
            )
        }
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
