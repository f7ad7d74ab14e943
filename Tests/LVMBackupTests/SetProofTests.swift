import Archive
import FoundationEssentials
import Host
import MySQL
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Sets that are restored and looked into, as root with an installed server; the steps that need LVM are replaced.
@Suite(.enabled(if: FreshSet.isPossible, "needs root and an installed server"), .serialized)
struct SetProofTests {
    private func prove(_ set: FreshSet, _ level: ProofLevel) async throws -> SetProof.Report {
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let ending = await SetProof(opening, level: level).run()
        #expect(ending.leaked == [])
        #expect(try set.names == [set.place.name])
        return try ending.result.get()
    }

    @Test func `a good set is good at each level, and nothing is left`() async throws {
        let set = try await FreshSet()
        #expect(try await prove(set, .checksums).tableFiles == 0)
        let structure = try await prove(set, .structure)
        #expect(structure.tableFiles > 2)
        #expect(structure.leftOut == [])
        #expect(structure.tables == 0)
        #expect(try await prove(set, .start).tables > 2)
    }

    /// The archive of such data is whole: its checksums are those of the damage.
    @Test func `a page with a wrong checksum is found and named`() async throws {
        let set = try await FreshSet { data in
            let file = open(data + "/shop/orders.ibd", O_WRONLY)
            defer { close(file) }
            #expect(pwrite(file, "xxxxxxxx", 8, 3 * 16_384 + 200) == 8)
        }
        _ = try await prove(set, .checksums)
        let failure = await #expect(throws: ProofFailure.self) { try await prove(set, .structure) }
        #expect(failure?.damage.count == 1)
        #expect(failure?.damage.first?.contains("shop/orders.ibd") == true, "\(String(describing: failure))")
    }

    @Test func `a damaged table of MyISAM is found and named`() async throws {
        let set = try await FreshSet { data in #expect(truncate(data + "/shop/notes.MYD", 0) == 0) }
        let failure = await #expect(throws: ProofFailure.self) { try await prove(set, .structure) }
        #expect(failure?.damage.contains { $0.contains("shop/notes.MYI") } == true, "\(String(describing: failure))")
    }
}

@Suite struct DamageVerdictTests {
    /// A set that is marked as damaged is one that retention removes.
    @Test func `only proven damage marks a set as damaged`() {
        let damage: [any Error] = [
            ReadError.damaged(path: "/b/s/data.tar.zst", offset: 7, why: "test"), ProofFailure(damage: ["test"]),
        ]
        let others: [any Error] = [
            MySQLError.privateServer(reason: "no keys", lines: [], log: "/l"), CancellationError(),
            MySQLError.executable("/usr/sbin/mysqld", reason: "test"), ReadError.unsupported("test"),
            HostError.commandFailed(command: "innochecksum", status: .signalled(9), reason: "killed"),
            HostError.systemCall("write", on: "/scratch", errno: ENOSPC),
        ]
        #expect(damage.allSatisfy(SetProof.isDamage))
        #expect(!others.contains(where: SetProof.isDamage))
    }
}
