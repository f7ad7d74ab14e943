import Glibc
import LVMBackup
import TestSupport
import Testing

/// A directory of hook files as a run takes it.
@Suite struct `A directory of hook files` {
    @Test(arguments: ["10-a.lua.bak", "10-a.lua.dpkg-old", "10-a.lua.disabled", "a.lua", "10-A.lua", "10-a.lua~"])
    func `with an odd name among them warns of it, and is used`(name: String) async throws {
        let scratch = try ScratchDirectory()
        let hook = "backup.before('preflight', function(run) return run:veto('it was asked') end)"
        for file in ["10-mine.lua", name] {
            chmod(try scratch.write(hook, to: file), 0o600)
        }
        var backup = Backup(configuration: Configuration())
        let warnings = try await backup.loadHooks(from: scratch.path)
        let text = "\"\(scratch.path)/\(name)\" is not a hook: it is not named like 10-name.lua, and is left out"
        #expect(warnings == [text])
        let outcome = await backup.run()
        #expect(outcome.exitStatus == 4)
        #expect(outcome.failure?.message == "it was asked")
        #expect(outcome.failure?.hook == "mine/before.preflight (10-mine.lua:1)")
    }
}
