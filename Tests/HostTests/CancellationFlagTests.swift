import Dispatch
import Testing

@testable import Host

struct CancellationFlagTests {
    /// Work that never ends by itself.
    private static func work(_ started: AsyncStream<Void>.Continuation) throws {
        started.yield()
        while true { try CancellationFlag.check() }
    }

    @Test(arguments: [true, false])
    func `work that asks ends when its task is cancelled`(isOnce: Bool) async throws {
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            if isOnce { try await SerialThread.once(name: "test") { try Self.work(start) } }
            try await SerialThread(name: "test").run { try Self.work(start) }
        }
        for await _ in started { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `work of another task goes on`() async throws {
        let thread = SerialThread(name: "test")
        let task = Task { try await thread.run { try CancellationFlag.check() } }
        task.cancel()
        // Cancelled before or after its work.
        _ = await task.result
        try await thread.run { try CancellationFlag.check() }
        try CancellationFlag.check()
    }
}
