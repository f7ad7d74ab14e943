import Archive
import FoundationEssentials
import Host
import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import LVMBackup

/// Restores as runs: as root with an installed server, which makes the data of the set.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct RestoreRunTests {
    private func run(
        _ set: FreshSet,
        to target: String,
        hook: String? = nil,
        hear: @escaping @Sendable (Event) -> Void = { _ in }
    ) async throws -> (outcome: Outcome, report: RestoreRun.Report?) {
        var restore = Restore(.set(set.place), to: target)
        restore.acceptsAnyServer = true
        var run = RestoreRun(.plain(restore), configuration: set.configuration, guardian: nil)
        if let hook { _ = try await run.hooks.load(set.configuration, from: try set.hooks(["10-site.lua": hook])) }
        run.hooks.table.on { hear($0) }
        let end = await run.run()
        #expect(try RunRecord.all(in: set.configuration.recordDirectory) == [])
        return end
    }

    @Test(arguments: [("veto", Int32(4)), ("defer", 75)])
    func `a hook's verdict comes before anything is written`(verdict: String, status: Int32) async throws {
        let set = try await FreshSet()
        let target = set.scratch + "/restored"
        let hook = "backup.before('restore', function(run) return run:\(verdict)('no: ' .. run.restore.target) end)"
        let end = try await run(set, to: target, hook: hook)
        #expect(end.outcome.exitStatus == status)
        #expect(end.outcome.failure?.message == "no: \(target)")
        #expect(end.report == nil)
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func `hooks after a restore find the data whole, and events tell of it`() async throws {
        let set = try await FreshSet()
        let target = set.scratch + "/restored"
        let kinds = Mutex<[Fact.Kind]>([])
        let hook = """
            backup.after('restore', { on_error = 'fail' }, function(run, result)
              local names = table.concat(run.fs.list(result.target), ' ')
              if names:find('lvmbackup%-incomplete') or not names:find('ibdata1') then error(names) end
              if run.fs.stat(result.target .. '/ibdata1').size < 1000000 then error('the placeholder') end
            end)
            """
        let end = try await run(set, to: target, hook: hook) { event in kinds.withLock { $0.append(event.fact.kind) } }
        #expect(end.outcome.exitStatus == 0, "\(String(describing: end.outcome.failure))")
        #expect(end.report?.restored.files ?? 0 > 10)
        let heard = kinds.withLock { $0 }
        #expect(heard.first == .started)
        #expect(heard.last == .finished)
        #expect(heard.contains(.restored))
        #expect(heard.contains(.progress))
    }

    @Test func `some members are restored to an empty directory, which is refused from then on`() async throws {
        let set = try await FreshSet()
        let target = set.scratch + "/restored"
        var restore = Restore(.set(set.place), to: target)
        restore.only = try MemberPatterns(["shop/orders.*"])
        let end = await RestoreRun(.plain(restore), configuration: set.configuration, guardian: nil).run()
        #expect(end.outcome.exitStatus == 0, "\(String(describing: end.outcome.failure))")
        #expect(end.report?.restored.chosen?.missingForInnoDB.contains("ibdata1") == true)
        #expect(FileManager.default.fileExists(atPath: target + "/shop/orders.ibd"))
        for again in [nil, restore.only] {
            restore.only = again
            let second = await RestoreRun(.plain(restore), configuration: set.configuration, guardian: nil).run()
            #expect(second.outcome.exitStatus == 78)
            #expect(second.outcome.failure?.message.contains("--only") == true)
        }
    }

    @Test func `a pattern without a match is refused before the target is made`() async throws {
        let set = try await FreshSet()
        let target = set.scratch + "/restored"
        var restore = Restore(.set(set.place), to: target)
        restore.only = try MemberPatterns(["shop/ordres.ibd"])
        let end = await RestoreRun(.plain(restore), configuration: set.configuration, guardian: nil).run()
        #expect(end.outcome.exitStatus == 78)
        #expect(end.outcome.failure?.advice?.contains("\"shop/orders.ibd\"") == true)
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func `a refused target keeps its status and its reason`() async throws {
        let set = try await FreshSet()
        let end = try await run(set, to: set.data)
        #expect(end.outcome.exitStatus == 78)
        #expect(end.outcome.failure?.message.contains("not empty") == true)
        #expect(end.outcome.failure?.step == .restore)
    }

    @Test func `a restore that fails says how to go on`() async throws {
        let set = try await FreshSet()
        let archive = set.place.path + "/data.tar.zst"
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: archive)))
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        try Data(changed).write(to: URL(filePath: archive))
        let end = try await run(set, to: set.scratch + "/restored")
        #expect(end.outcome.exitStatus == 1)
        #expect(end.outcome.failure?.advice?.contains("run the same command again") == true)
    }
}
