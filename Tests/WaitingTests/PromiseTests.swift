import Foundation
import Testing
import Waiting

@Suite struct `A promise` {
    private struct Broken: Error, Equatable {}

    @Test func `the first answer counts, before the wait and after it`() async throws {
        let early = Promise<Int>()
        #expect(early.give(.success(1)))
        #expect(!early.give(.success(2)))
        #expect(try await early.value == 1)

        let late = Promise<Int>()
        let waiting = Task { try await late.value }
        late.give(.failure(Broken()))
        late.give(.success(2))
        await #expect(throws: Broken()) { try await waiting.value }
    }

    @Test func `a thread waits for it as a task does`() async throws {
        let (question, answer) = (Promise<Int>(), Promise<Int>())
        Thread.detachNewThread { answer.give(Result { try question.wait() + 1 }) }
        question.give(.success(41))
        #expect(try await answer.value == 42)
    }

    @Test func `the wait of a cancelled task goes on until an answer`() async throws {
        let promise = Promise<Int>()
        let task = Task { try await promise.value }
        task.cancel()
        promise.give(.success(7))
        #expect(try await task.value == 7)
    }
}
