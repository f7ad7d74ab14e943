import Dispatch
import Testing

@testable import Archive

struct OwnThreadTests {
    @Test func `a task that is cancelled leaves a thread behind that does not come back`() async {
        let stalled = DispatchSemaphore(value: 0)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await onOwnThread(patience: .milliseconds(50)) {
                start.yield()
                // Longer than the test may take.
                _ = stalled.wait(timeout: .now() + 30)
            }
        }
        for await _ in started { break }
        let begin = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - begin < .seconds(10))
        stalled.signal()
    }

    @Test func `a function that returns in time has its result, or its error`() async throws {
        #expect(try await onOwnThread(patience: .seconds(5)) { 7 } == 7)
        await #expect(throws: ArchiveError.exists(path: "/x")) {
            try await onOwnThread(patience: .seconds(5)) { throw ArchiveError.exists(path: "/x") }
        }
    }
}
