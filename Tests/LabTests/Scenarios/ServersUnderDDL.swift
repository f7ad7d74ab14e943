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
            try await host.query("CREATE DATABASE ddl; CREATE TABLE ddl.stop (now int PRIMARY KEY)")
            try await host.query(Self.procedure, delimiter: "//")
            var exact = 0
            var marked: [String] = []
            for number in 1...Lab.repetitions {
                let backup = try await whileDefining(host, number) { stop in
                    try await Backup.run(
                        ["--socket", DatabaseHost.socket, "--lock", plan, Lab.destination],
                        stopping: stop
                    )
                }
                let set = try backup.set()
                let warnings = backup.events("warning").map { $0["text"].string ?? "" }
                if let reason = set.manifest["coordinates"]["inexact_because"].string {
                    #expect(!reason.isEmpty)
                    #expect(warnings == ["coordinates are not exact: \(reason)"])
                    #expect(set.manifest["warnings"].elements.map(\.string) == warnings)
                    marked.append(reason)
                } else {
                    #expect(warnings.isEmpty, "\(warnings)")
                    exact += try await isExact(set, host) ? 1 : 0
                }
                try await check("rm", "-rf", set.directory)
            }
            #expect(exact + marked.count == Lab.repetitions)
            // A statement that the recovery finished can leave MariaDB's plan none inexact; all other plans never are.
            if ServerProduct.here == .mysql || plan != "none" { #expect(marked.isEmpty, "\(marked)") }
            try ServerResults.note(
                "beside CREATE, ALTER, RENAME and DROP",
                plan: plan,
                outcome: "\(exact) of \(Lab.repetitions) exact, \(marked.count) marked inexact"
            )
            await DatabaseHost.forget()
        }

        private func isExact(_ set: BackupSet, _ host: DatabaseHost) async throws -> Bool {
            try await RestoredServer.of(set) { restored in
                let compared = try await expectReplay(restored, of: set, reaches: host)
                return compared.tables == compared.equal
            }
        }

        /// Runs `body` while two clients define tables; it gets a closure that ends them.
        private func whileDefining<Value: Sendable>(
            _ host: DatabaseHost,
            _ number: Int,
            _ body: (() async throws -> Void) async throws -> Value
        ) async throws -> Value {
            try await host.query("DELETE FROM ddl.stop")
            let clients = try (1...2).map { client in
                let call = "CALL ddl.define('t\(number)_\(client)')"
                return try Command(ServerProduct.here.client(DatabaseHost.socket) + ["-e", call])
            }
            let names = "table_schema = 'ddl' AND table_name LIKE 't\(number)\\_%r'"
            do {
                try await until("tables are defined") {
                    try await host.query("SELECT count(*) > 3 FROM information_schema.tables WHERE \(names)") == [["1"]]
                }
                return try await body {
                    try await host.query("INSERT INTO ddl.stop VALUES (1)")
                    for client in clients {
                        let ended = await client.wait(limit: .seconds(120))
                        #expect(ended.status == 0, ended.report)
                    }
                }
            } catch {
                for client in clients { client.signal(SIGKILL) }
                throw error
            }
        }

        private static let procedure = """
            CREATE PROCEDURE ddl.define(base varchar(20))
            BEGIN
              DECLARE n int DEFAULT 0;
              WHILE NOT EXISTS (SELECT 1 FROM ddl.stop) DO
                SET n = n + 1;
                SET @name = concat('ddl.', base, '_', n);
                CALL ddl.run(concat('CREATE TABLE ', @name, ' (id int PRIMARY KEY, note varchar(50)) ENGINE=InnoDB'));
                CALL ddl.run(concat('INSERT INTO ', @name, ' VALUES (1, ''one''), (2, ''two'')'));
                CALL ddl.run(concat('ALTER TABLE ', @name, ' ADD COLUMN more int DEFAULT 7, ADD KEY (note)'));
                CALL ddl.run(concat('RENAME TABLE ', @name, ' TO ', @name, 'r'));
                IF n > 3 THEN CALL ddl.run(concat('DROP TABLE ddl.', base, '_', n - 3, 'r')); END IF;
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
