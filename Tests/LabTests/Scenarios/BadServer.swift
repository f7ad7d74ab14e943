import Foundation
import Testing

extension LabTests {
    /// A server that goes away, falls silent, or is locked by somebody else.
    @Suite struct BadServer {
        /// The fault of the server while the run is about to send a statement.
        enum Misfortune: String, Sendable {
            case killed, restarted
            case sessionKilled = "session killed"
            case bothSessionsKilled = "both sessions killed"
        }

        struct Row: Sendable, CustomTestStringConvertible {
            var plan: String
            var moment: String
            var misfortune: Misfortune

            var testDescription: String { "\(misfortune.rawValue) at \(moment)" }

            /// One of them is named.
            ///
            /// A release that is stopped itself has used up its time when it goes on.
            var causes: [String] {
                let isRelease = ["UNLOCK TABLES", "STAGE END"].contains { moment.contains($0) }
                return ["Lost connection", "gone away", "was killed"] + (isRelease ? ["no answer within 0.9 s"] : [])
            }
        }

        private static let stages = [
            "BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL",
            "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "BACKUP STAGE BLOCK_COMMIT",
        ].map { ("stage", "sql/\($0):entry") }
        private static let underLock = [("stage", "step/lock:exit"), ("stage", "sql/BACKUP STAGE END:entry")]
        private static let readLock = ["sql/FLUSH TABLES WITH READ LOCK:entry", "sql/UNLOCK TABLES:entry"].map {
            ("read-lock", $0)
        }

        static let rows: [Row] = (stages + underLock + readLock).flatMap { plan, moment in
            var all: [Misfortune] = [.killed, .sessionKilled]
            if moment.contains("BLOCK_COMMIT") { all.append(.restarted) }
            if moment.contains("step/lock") || moment.contains("TABLES WITH") { all.append(.bothSessionsKilled) }
            return all.map { Row(plan: plan, moment: moment, misfortune: $0) }
        }

        @Test(.complete, arguments: rows)
        func `a session that is lost on the way costs the run, and nothing else`(row: Row) async throws {
            let host = try await DatabaseHost.with()
            var before = try await Traces.now()
            let sets = try publishedSets()
            let run = try await StoppedRun.at("\(row.moment):stop@1", ["--lock", row.plan])
            try await strike(row.misfortune, host)
            let backup = try await run.finish()
            if row.misfortune == .killed { try await check("\(Lab.tools)/database-host", "start") }

            #expect(backup.status == 1, backup.report)
            let message = backup.event("failed")?["failure"]["message"].string ?? ""
            #expect(row.causes.contains { message.contains($0) }, "\(message)\n\(backup.report)")
            try await expectAlive(host)
            // The server is another process now.
            let server = "\(try host.serverPID) "
            before.processes.formUnion(try await Traces.now().processes.filter { $0.hasPrefix(server) })
            try await expectNoTraces(since: before)
            #expect(try publishedSets() == sets)
        }

        private func strike(_ misfortune: Misfortune, _ host: DatabaseHost) async throws {
            switch misfortune {
            case .killed:
                try await check("bash", "-c", "kill -KILL $(cat /run/lab/server.pid)")
                let pid = try host.serverPID
                try await until("the server is dead") { kill(pid, 0) != 0 }
            case .restarted:
                try await check("\(Lab.tools)/database-host", "stop")
                try await check("\(Lab.tools)/database-host", "start")
            case .sessionKilled: try await killSessions(host, limit: 1)
            case .bothSessionsKilled: try await killSessions(host, limit: 2)
            }
        }

        /// The run's own are all that there are; the first is the one that locks.
        private func killSessions(_ host: DatabaseHost, limit: Int) async throws {
            let sessions = try await host.query(
                """
                SELECT id FROM information_schema.processlist
                WHERE id <> connection_id() AND user = 'root' ORDER BY id LIMIT \(limit)
                """
            )
            try #require(sessions.count == limit)
            for session in sessions { try await host.query("KILL \(session[0])") }
        }

        @Test(.complete, arguments: ["step/lock:exit", "sql/BACKUP STAGE BLOCK_DDL:entry"])
        func `a server that falls silent is left, and has let go when it speaks again`(moment: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let sets = try publishedSets()
            let server = try host.serverPID
            let options = ["--max-lock", "3s", "--lock-wait-timeout", "3s"]
            let run = try await StoppedRun.at("\(moment):stop@1", options)
            kill(server, SIGSTOP)
            let start = ContinuousClock.now
            let backup = try await run.finish(limit: .seconds(90))
            let spent = ContinuousClock.now - start
            kill(server, SIGCONT)
            let answered = ContinuousClock.now
            try await expectAlive(host)
            #expect(ContinuousClock.now - answered < .seconds(4), "writers still wait")
            #expect(backup.status == 1, backup.report)
            #expect(spent < .seconds(60), backup.report)
            try await expectNoTraces(since: before)
            #expect(try publishedSets() == sets)
        }

        /// The holder of a conflicting lock, and the plan with which it conflicts.
        static let holders: [(plan: String, statement: String, isIdle: Bool)] = [
            ("stage", "LOCK TABLES `load`.myisam WRITE", true),
            ("stage", "BACKUP STAGE START", true),
            ("stage", "INSERT INTO `load`.myisam SELECT 97, 1, SLEEP(60)", false),
            ("read-lock", "LOCK TABLES `load`.innodb WRITE", true),
            ("read-lock", "INSERT INTO `load`.innodb SELECT 97, 1, SLEEP(60)", false),
        ]

        @Test(.complete, arguments: holders)
        func `somebody else's lock is waited for no longer than it may, and named`(
            plan: String,
            statement: String,
            isIdle: Bool
        ) async throws {
            let host = try await DatabaseHost.with()
            let sets = try publishedSets()
            let client = try Command([
                "bash", "-c",
                #"exec mariadb --no-defaults --unbuffered --socket="$1" < <(echo "$0;"; exec sleep 100)"#,
                statement, DatabaseHost.socket,
            ])
            let mine = "SELECT id FROM information_schema.processlist WHERE user = 'root' AND id <> connection_id()"
            try await until("the other client is there") { try await !host.query(mine).isEmpty }
            let holder = try #require(try await host.query(mine).first?.first)
            try await Task.sleep(for: .seconds(1))
            let before = try await Traces.now()
            let backup = try Backup(
                await Backup.start(["--lock", plan, "--lock-wait-timeout", "4s", Lab.destination]).wait()
            )
            try await host.query("KILL \(holder)")
            client.signal(SIGKILL)
            _ = await client.wait(limit: .seconds(30))

            #expect(backup.status == 1, backup.report)
            let message = backup.event("failed")?["failure"]["message"].string ?? ""
            #expect(message.contains("not granted"), backup.report)
            #expect(message.contains("process \(holder)"), "not named: \(message)")
            let asked = backup.events("step_started").last { $0["step"].string == "lock" }?["monotonic"].number
            let failed = backup.event("failed")?["monotonic"].number
            #expect((failed ?? .infinity) - (asked ?? 0) < 12, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
            #expect(try publishedSets() == sets)
        }
    }
}
