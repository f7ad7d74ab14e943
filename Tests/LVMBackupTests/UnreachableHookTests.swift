import Hooks
import Lifecycle
import Testing

@testable import LVMBackup

/// Hooks that a configuration never calls.
struct UnreachableHookTests {
    private func notes(_ text: String, _ change: (inout Configuration) -> Void = { _ in }) async throws -> [String] {
        var configuration = Configuration(destination: "/backups")
        change(&configuration)
        var directory = HookDirectory(path: "/nowhere")
        directory.files = [HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text)]
        let hooks = try await HookLoading(configuration: configuration).load(directory)
        return UnreachableHooks.notes(hooks.registrations, configuration)
    }

    @Test(arguments: [
        ("after('verify'", "nothing performs the step verify"), ("after('retain'", "there is no keep rule"),
        ("filter('retention.plan'", "there is no keep rule"), ("on('retained'", "there is no keep rule"),
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

    @Test func `a replacement makes the step happen`() async throws {
        let text =
            "backup.replace('verify', function() return { level = 'x' } end)\nbackup.after('verify', function() end)"
        #expect(try await notes(text).isEmpty)
    }
}
