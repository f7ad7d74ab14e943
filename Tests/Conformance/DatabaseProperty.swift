import Host
import Lifecycle

/// Behaviour that every database has; the tests of each implementation check all of them.
package struct DatabaseProperty: Sendable, CustomStringConvertible {
    package let description: String
    /// - Throws: ``Disagreement``, or the database's error, where the property does not hold.
    package let check: @Sendable (any DatabaseFixture) async throws -> Void

    init(_ description: String, _ check: @escaping @Sendable (any DatabaseFixture) async throws -> Void) {
        self.description = description
        self.check = check
    }

    package static let all = sessions + locks + statements

    // MARK: Connect and recover

    private static let sessions: [DatabaseProperty] = [
        DatabaseProperty("connect names the product, the data directory and the server's process") { fixture in
            let outcome = await fixture.run(look: { run in
                let server = try require(run.server, "no server")
                try require(!server.flavour.isEmpty && !server.version.isEmpty, "it has no name or version")
                try require(server.datadir.hasPrefix("/"), "\"\(server.datadir)\" is not absolute")
                let process = try require(server.process, "its process is not known")
                let isAlive = try ProcessTable().isAlive(pid: process.pid, startTime: process.startTime)
                try require(isAlive, "process \(process.pid) is not alive")
                let isInside = process.openFiles.contains { $0.isBelow(server.datadir) }
                try require(isInside, "none of \(process.openFiles) is in the data directory")
            })
            try outcome.requireSuccess()
        },
        DatabaseProperty("the server of another provider is declined") { fixture in
            let database = fixture.makeDatabase()
            let declined = Noted<[StepName]>([])
            let outcome = await fixture.run(
                database,
                change: { hooks in
                    hooks.replace(.connect) { _ in
                        .result(Connection(server: Server(flavour: "another", version: "1", datadir: "/another")))
                    }
                    hooks.on { event in
                        guard case .stepFinished(let end) = event.fact, end.ending == .declined else { return }
                        declined.change { $0.append(end.step) }
                    }
                }
            )
            try require(declined.value.contains(.flush), "it flushes a foreign server")
            try require(outcome.failure?.step == .lock, "it locks a foreign server")
        },
        DatabaseProperty("a recovered copy is clean") { fixture in
            let outcome = await fixture.run(look: { run in
                guard run.mount?.path.isEmpty == false else { return }
                try require(run.recovery?.clean == true, "it was not recovered")
            })
            try outcome.requireSuccess()
        },
    ]

    // MARK: The lock

    private static let locks: [DatabaseProperty] = [
        DatabaseProperty("a dry run tells the statements of the lock, and keeps no writer back") { fixture in
            let database = fixture.makeDatabase()
            let lines = Noted<[String]>([])
            let outcome = await fixture.run(
                database,
                isDryRun: true,
                change: { hooks in
                    hooks.after(.locate) { run, _ in
                        let plan = try await database.lock.plan(run)
                        lines.change { $0 = plan }
                    }
                }
            )
            try outcome.requireSuccess()
            try require(!lines.value.isEmpty, "it prints no plan")
            try require(try await fixture.canWrite(), "writers wait")
        },
        DatabaseProperty("no write gets into the data under the lock, and writers go on after it") { fixture in
            try require(try await fixture.canWrite(), "writers wait before the lock")
            let outcome = await fixture.run(underLock: { _ in
                try require(try await !fixture.canWrite(), "a writer changes the data under the lock")
            })
            try outcome.requireSuccess()
            try require(try await fixture.canWrite(), "writers wait after the run")
        },
        DatabaseProperty("the lock is proven while its session lives, and lost with it") { fixture in
            let outcome = await fixture.run(underLock: { run in
                let proof = try require(run.lock?.proof, "the lock has no proof")
                try await proof()
                try await fixture.breakSessions()
                do { try await proof() } catch { return }
                throw Disagreement("a lost lock is proven")
            })
            let failure = try require(outcome.failure, "a run succeeds whose lock was lost")
            try require(!failure.message.contains("is proven"), failure.message)
            try require(outcome.set == nil, "a set was published")
            try require(try await fixture.canWrite(), "writers wait after the run")
        },
    ]

    // MARK: Statements of releases

    private static let statements: [DatabaseProperty] = [
        DatabaseProperty("a release's statement is run without the run's session") { fixture in
            try require(try await !fixture.isDone(), "it was run before")
            try await fixture.makeDatabase().run(fixture.statements.right)
            try require(try await fixture.isDone(), "it has no effect")
        },
        DatabaseProperty("a statement that the server refuses is an error") { fixture in
            do { try await fixture.makeDatabase().run(fixture.statements.wrong) } catch { return }
            throw Disagreement("it succeeds")
        },
        DatabaseProperty("the command for an operator has the whole statement as one word") { fixture in
            let command = fixture.makeDatabase().command(for: "SET x = 'a b'; SELECT 1")
            try require(command.hasSuffix(quotedForShell("SET x = 'a b'; SELECT 1")), command)
        },
    ]
}
