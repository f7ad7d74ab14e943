import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct LockAttemptTests {
    private let acts = Recorder<String>()

    private func attempt(answering answer: @escaping @Sendable () async throws -> Void = {}) -> LockAttempt {
        LockAttempt(
            send: { [acts] sql, _ in
                acts.add(sql)
                try await answer()
            },
            interrupt: { [acts] in acts.add("interrupt") },
            kill: { [acts] in acts.add("kill") }
        )
    }

    @Test func `a statement in flight is ended when the clock gives up`() async throws {
        let answers = AsyncStream.makeStream(of: Void.self)
        let asked = AsyncStream.makeStream(of: Void.self)
        let attempt = attempt {
            asked.continuation.finish()
            for await _ in answers.stream {}
        }
        let task = Task { try await attempt.query("BACKUP STAGE FLUSH") }
        for await _ in asked.stream {}
        await attempt.abort()
        answers.continuation.finish()
        try await task.value
        #expect(acts.all == ["BACKUP STAGE FLUSH", "interrupt"])
    }

    @Test func `between two statements it is the session that ends`() async throws {
        let attempt = attempt()
        try await attempt.query("BACKUP STAGE BLOCK_DDL")
        await attempt.abort()
        #expect(acts.all == ["BACKUP STAGE BLOCK_DDL", "kill"])
    }

    @Test func `no statement is sent, and no lock granted, after the timeout`() async {
        let attempt = attempt()
        await attempt.abort()
        await #expect(throws: MySQLError.sessionClosed) { try await attempt.query("BACKUP STAGE BLOCK_COMMIT") }
        #expect(throws: MySQLError.sessionClosed) { try attempt.checkNotAborted() }
        #expect(acts.all == ["kill"])
    }

    @Test func `no statement is sent when the run was told to stop`() async {
        let attempt = attempt()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await attempt.query("BACKUP STAGE BLOCK_COMMIT")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(acts.all == [])
    }
}
