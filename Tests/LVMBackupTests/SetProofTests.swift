import Archive
import FoundationEssentials
import Host
import Lifecycle
import MySQL
import Storage
import TestSupport
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Sets that are restored and looked into, as root with an installed server; the steps that need LVM are replaced.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct SetProofTests {
    private func prove(
        _ set: FreshSet,
        _ level: ProofLevel,
        hook: String? = nil
    ) async throws -> VerificationRun.Ending {
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        var run = VerificationRun(
            SetProof(opening, level: level),
            configuration: set.configuration,
            guardian: nil
        )
        if let hook { _ = try await run.hooks.load(set.configuration, from: try set.hooks(["10-site.lua": hook])) }
        let ending = await run.run()
        #expect(ending.outcome.leaked == [])
        #expect(try set.names == [set.place.name])
        #expect(try RunRecord.all(in: set.configuration.recordDirectory) == [])
        return ending
    }

    private func numbers(_ set: FreshSet, _ level: ProofLevel) async throws -> SetProof.Report {
        let ending = try await prove(set, level)
        return try #require(ending.report, "\(String(describing: ending.outcome.failure))")
    }

    private func mark(_ set: FreshSet) throws -> VerifiedMark? {
        let path = set.place.path + "/verified.json"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try JSONDecoder().decode(VerifiedMark.self, from: Data(contentsOf: URL(filePath: path)))
    }

    @Test func `a good set is good at each level, and nothing is left`() async throws {
        let set = try await FreshSet()
        #expect(try await numbers(set, .checksums).tableFiles == 0)
        let structure = try await numbers(set, .structure)
        #expect(structure.tableFiles > 2)
        #expect(structure.leftOut == [])
        #expect(structure.tables == 0)
        #expect(try await numbers(set, .start).tables > 2)
        #expect(try mark(set)?.level == "start")
        #expect(try mark(set)?.damage == nil)
    }

    /// A site's assertion at the level at which a server runs.
    private static let assertion = """
        backup.after("verify", function(run, result)
          local row = run:sql("SELECT COUNT(*) AS n FROM shop.orders")[1]
          if row.n ~= 3 then error(("the shop has %d orders at the level %s"):format(row.n, result.level), 0) end
        end)
        """

    @Test func `an assertion asks the server on the set, and fails the verification with its message`() async throws {
        let set = try await FreshSet()
        let ending = try await prove(set, .start, hook: Self.assertion)
        #expect(ending.outcome.exitStatus == 1)
        #expect(ending.outcome.failure?.message == "10-site.lua:3: the shop has 2 orders at the level start")
        #expect(!ending.isDamaged)
        #expect(try mark(set) == nil)
        let good = try await prove(set, .start, hook: Self.assertion.replacing("~= 3", with: "~= 2"))
        #expect(good.outcome.exitStatus == 0, "\(String(describing: good.outcome.failure))")
        #expect(try mark(set)?.level == "start")
    }

    @Test func `below that level an assertion says nothing of the set`() async throws {
        let set = try await FreshSet()
        let ending = try await prove(set, .checksums, hook: Self.assertion)
        #expect(ending.outcome.exitStatus == 0)
        #expect(try mark(set)?.level == "checksums")
    }

    @Test(
        arguments: [
            ("backup.before('verify', function(run) return run:skip('not on Sundays') end)", nil),
            ("backup.replace('verify', function(run) return { level = 'own' } end)", "own"),
        ] as [(String, String?)]
    )
    func `a verification that a hook leaves out or does itself is not marked as proven`(hook: String, level: String?)
        async throws
    {
        let set = try await FreshSet()
        let ending = try await prove(set, .checksums, hook: hook)
        #expect(ending.outcome.exitStatus == 0)
        #expect(ending.verification?.level == level)
        #expect(ending.report == nil)
        #expect(try mark(set) == nil)
    }

    @Test func `a vetoed verification marks nothing`() async throws {
        let set = try await FreshSet()
        let hook = "backup.before('verify', function(run) return run:veto(run.set.id .. run.verification.level) end)"
        let ending = try await prove(set, .checksums, hook: hook)
        #expect(ending.outcome.exitStatus == 4)
        #expect(ending.outcome.failure?.message == set.place.name + "checksums")
        #expect(try mark(set) == nil)
    }

    /// The archive of such data is whole: its checksums are those of the damage.
    @Test func `a page with a wrong checksum is found and named`() async throws {
        let set = try await FreshSet { data in
            let file = open(data + "/shop/orders.ibd", O_WRONLY)
            defer { close(file) }
            #expect(pwrite(file, "xxxxxxxx", 8, 3 * 16_384 + 200) == 8)
        }
        _ = try await numbers(set, .checksums)
        let ending = try await prove(set, .structure)
        #expect(ending.isDamaged)
        let message = ending.outcome.failure?.message ?? ""
        #expect(message.hasPrefix("\"shop/orders.ibd\""), "\(message)")
        #expect(try mark(set)?.damage == message)
    }

    @Test func `a damaged table of MyISAM is found and named`() async throws {
        let set = try await FreshSet { data in #expect(truncate(data + "/shop/notes.MYD", 0) == 0) }
        let ending = try await prove(set, .structure)
        #expect(ending.isDamaged)
        #expect(ending.outcome.failure?.message.contains("shop/notes.MYI") == true)
    }
}

@Suite struct DamageVerdictTests {
    /// Retention removes a set that is marked as damaged.
    @Test func `only proven damage marks a set as damaged`() {
        let damage: [any Error] = [
            ReadError.damaged(path: "/b/s/data.tar.zst", offset: 7, why: "test"), ProofFailure(damage: ["test"]),
        ]
        let others: [any Error] = [
            MySQLError.privateServer(reason: "no keys", lines: [], log: "/l"), CancellationError(),
            MySQLError.checksUnclear(["table \"d.t\": Operation failed"]),
            MySQLError.executable("/usr/sbin/mysqld", reason: "test"), ReadError.unsupported("test"),
            HostError.commandFailed(command: "innochecksum", status: .signalled(9), reason: "killed"),
            HostError.systemCall("write", on: "/scratch", errno: ENOSPC),
        ]
        #expect(damage.allSatisfy(SetProof.isDamage))
        #expect(!others.contains(where: SetProof.isDamage))
    }
}
