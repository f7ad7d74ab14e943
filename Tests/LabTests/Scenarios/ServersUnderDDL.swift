import Foundation
import Testing

extension LabTests {
    /// Backups without a read lock beside statements that create, alter and drop tables.
    @Suite struct ServersUnderDDL {
        static let plans = ServerProduct.here == .mysql ? ["none", "instance"] : ["none", "stage"]

        @Test(.servers(), arguments: plans)
        func `each copy replays to the live state, or is marked inexact`(plan: String) async throws {
            let host = try await DatabaseHost.fresh()
            try await host.setMyISAM(false)
            var sets: [BackupSet] = []
            try await whileDefining(host) {
                for number in 1...Lab.repetitions {
                    let backup = try await Backup.run(
                        ["--socket", DatabaseHost.socket, "--lock", plan, Lab.destination]
                    )
                    #expect(backup.status == 0, "run \(number): \(backup.report)")
                    if backup.status == 0 { sets.append(try backup.set()) }
                }
            }
            var exact = 0
            var marked = 0
            for set in sets {
                if let reason = set.manifest["coordinates"]["inexact_because"].string {
                    #expect(!reason.isEmpty)
                    marked += 1
                } else {
                    try await RestoredServer.of(set) { restored in
                        let compared = try await expectReplay(restored, of: set, reaches: host)
                        exact += compared.equal == compared.tables ? 1 : 0
                    }
                }
                try await check("rm", "-rf", set.directory)
            }
            #expect(exact + marked == Lab.repetitions)
            // A statement that the recovery finished can leave MariaDB's plan none inexact; MySQL's are never so.
            if ServerProduct.here == .mysql { #expect(marked == 0) }
            try ServerResults.note(
                "beside CREATE, ALTER, RENAME and DROP",
                plan: plan,
                outcome: "\(exact) of \(Lab.repetitions) exact, \(marked) marked inexact"
            )
            await DatabaseHost.forget()
        }

        /// Runs `body` while two clients define tables.
        private func whileDefining(_ host: DatabaseHost, _ body: () async throws -> Void) async throws {
            try await host.query("CREATE DATABASE ddl; CREATE TABLE ddl.stop (now int PRIMARY KEY)")
            try await host.query(Self.procedure, delimiter: "//")
            let clients = try (1...2).map { number in
                try Command(ServerProduct.here.client(DatabaseHost.socket) + ["-e", "CALL ddl.define(\(number))"])
            }
            try await until("tables are defined") {
                try await host.query("SELECT count(*) > 4 FROM information_schema.tables WHERE table_schema = 'ddl'")
                    == [["1"]]
            }
            do {
                try await body()
            } catch {
                for client in clients { client.signal(9) }
                throw error
            }
            try await host.query("INSERT INTO ddl.stop VALUES (1)")
            for client in clients {
                let ended = await client.wait(limit: .seconds(120))
                #expect(ended.status == 0, ended.report)
            }
        }

        private static let procedure = """
            CREATE PROCEDURE ddl.define(client int)
            BEGIN
              DECLARE n int DEFAULT 0;
              WHILE NOT EXISTS (SELECT 1 FROM ddl.stop) DO
                SET n = n + 1;
                SET @name = concat('ddl.t', client, '_', n);
                CALL ddl.run(concat('CREATE TABLE ', @name, ' (id int PRIMARY KEY, note varchar(50)) ENGINE=InnoDB'));
                CALL ddl.run(concat('INSERT INTO ', @name, ' VALUES (1, ''one''), (2, ''two'')'));
                CALL ddl.run(concat('ALTER TABLE ', @name, ' ADD COLUMN more int DEFAULT 7, ADD KEY (note)'));
                CALL ddl.run(concat('RENAME TABLE ', @name, ' TO ', @name, 'r'));
                IF n > 3 THEN CALL ddl.run(concat('DROP TABLE ddl.t', client, '_', n - 3, 'r')); END IF;
              END WHILE;
            END//
            CREATE PROCEDURE ddl.run(statement text)
            BEGIN
              SET @statement = statement;
              PREPARE prepared FROM @statement;
              EXECUTE prepared;
              DEALLOCATE PREPARE prepared;
            END//
            """
    }
}
