import Foundation
import Testing

extension LabTests {
    /// Others at work in the same volume group.
    @Suite struct Company {
        @Test(.complete)
        func `runs at once on two volumes of one group all succeed, and restore`() async throws {
            let host = try await DatabaseHost.with()
            let second = try await SecondServer.start(onVolume: "lab/second")
            try await second.query("CREATE DATABASE s; CREATE TABLE s.t (id int PRIMARY KEY) ENGINE=InnoDB")
            let before = try await Traces.now()
            for round in 1...5 {
                try await second.query("USE s; INSERT INTO t SELECT \(round) * 1000 + seq FROM seq_1_to_500")
                let runs = try [
                    Backup.start(["--snapshot-size", "200M", Lab.destination]),
                    Backup.start(["--snapshot-size", "64M", "-S", SecondServer.socket, Lab.destination]),
                ]
                var sets: [BackupSet] = []
                for run in runs { sets.append(try Backup(await run.wait()).set()) }
                #expect(sets.map { $0.manifest["volume"]["name"].string } == ["lab/mysql", "lab/second"])
                try await expect("SELECT count(*) FROM shop.orders", is: 20_000, in: sets[0])
                try await expect("SELECT count(*) FROM s.t", is: round * 500, in: sets[1])
                try await expectNoTraces(since: before)
            }
            try await second.stop()
            try await expectAlive(host)
            await DatabaseHost.forget()
        }

        private func expect(_ query: String, is number: Int, in set: BackupSet) async throws {
            try await RestoredServer.of(set) { restored in
                let count = try await restored.query(query)
                #expect(count == [["\(number)"]])
            }
        }

        @Test(.complete)
        func `a program that makes, enlarges and removes volumes all the time delays a run at most`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let churn = """
                trap 'exit 0' TERM
                while :; do
                    lvcreate -y -Wn -Zn -l 4 -n churn lab && lvextend -l +4 lab/churn && lvremove -y lab/churn || exit 1
                    echo again
                done
                """
            let neighbour = try Command(["bash", "-c", churn])
            var held: [Double] = []
            for _ in 1...3 {
                let backup = try Backup(await Backup.start([Lab.destination]).wait())
                #expect(backup.status == 0, backup.report)
                held.append(try #require(backup.event("unlocked")?["held_seconds"].number, backup.report))
            }
            neighbour.signal(SIGTERM)
            let ended = await neighbour.wait()
            #expect(ended.status == 0, ended.report)
            #expect(ended.output.split(separator: "\n").filter { $0 == "again" }.count > 2, ended.report)
            // Where it was told to end in the middle.
            _ = try await run("lvremove", "-y", "lab/churn")
            #expect(held.allSatisfy { $0 < 31 }, "\(held)")
            print("locks beside LVM commands of others: \(held.map { $0.formatted(.number) })")
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }
    }
}
