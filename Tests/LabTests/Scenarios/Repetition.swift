import Foundation
import Testing

extension LabTests {
    /// Acts that have to succeed every time, not only usually.
    @Suite struct Repetition {
        static let runs = Lab.isComplete ? 20 : 3

        @Test(.sample)
        func `recovery is clean in every run under busy writers`() async throws {
            let host = try await DatabaseHost.fresh()
            var clean = 0
            var last: Backup?
            let load = try await Load.start(pause: 0.001)
            for number in 1...Self.runs {
                let backup = try await Backup.run("--keep-last", "1", Lab.destination)
                #expect(backup.status == 0, "run \(number): \(backup.report)")
                #expect(backup.event("recovered")?["clean"].bool == true, "run \(number): \(backup.report)")
                if backup.status == 0, backup.event("recovered")?["clean"].bool == true { clean += 1 }
                last = backup
            }
            let report = try await load.stop()
            #expect(clean == Self.runs)
            let backup = try #require(last)
            let set = try backup.set()
            try await RestoredServer.of(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), report, tables: ["innodb", "myisam"])
                try await expectReplay(restored, of: set, reaches: host)
            }
            try Results.write("repetition.txt", "clean recoveries: \(clean) of \(Self.runs)\n")
        }

        /// A measurement beside the row above, not a claim: the result of mylvmbackup's recipe on the same host.
        @Test(.complete)
        func `mylvmbackup's recoveries are counted beside`() async throws {
            _ = try await DatabaseHost.with()
            var refused = 0
            let load = try await Load.start(pause: 0.001)
            let runs = 10
            for _ in 1...runs {
                let peer = try await Peer.run("innodb_recover=1", "backuptype=none")
                _ = try peer.time("released")
                let log = (try? String(contentsOfFile: "/tmp/mylvmbackup_recoverserver.err", encoding: .utf8)) ?? ""
                if (log + peer.result.output + peer.result.errors).contains("prepared transactions!") { refused += 1 }
                unlink("/tmp/mylvmbackup_recoverserver.err")
            }
            _ = try await load.stop()
            try Results.write("peer-recovery.txt", "mylvmbackup: recovery refused in \(refused) of \(runs)\n")
            await DatabaseHost.forget()
        }
    }
}
