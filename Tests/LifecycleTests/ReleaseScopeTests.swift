import Synchronization
import Testing

@testable import Lifecycle

@Suite struct ReleaseScopeTests {
    private struct Broken: Error {}
    private static let undo: @Sendable (Release.Undo) async throws -> Void = { _ in }
    private static let failingUndo: @Sendable (Release.Undo) async throws -> Void = { _ in throw Broken() }

    @Test func `all that was acquired is released, newest first, after a failure, too`() async {
        let order = Mutex<[Int]>([])
        for fails in [false, true] {
            order.withLock { $0 = [] }
            let ending = await ReleaseScope.run(runUndo: Self.undo) { scope in
                for number in 1...3 { scope.add(Release("\(number)") { order.withLock { $0.append(number) } }) }
                if fails { throw Broken() }
                return 5
            }
            #expect(order.withLock { $0 } == [3, 2, 1])
            #expect(ending.leaked == [])
            #expect((try? ending.result.get()) == (fails ? nil : 5))
        }
    }

    @Test func `a release that fails is told, and the others are done`() async {
        let isDone = Mutex(false)
        let ending = await ReleaseScope.run(runUndo: Self.failingUndo) { scope in
            scope.add(Release("first") { isDone.withLock { $0 = true } })
            scope.add(Release("second", undo: .exec(["rm", "x"])))
        }
        #expect(ending.leaked.map(\.name) == ["second"])
        #expect(ending.leaked.first?.repair == "rm x")
        #expect(isDone.withLock { $0 })
    }

    @Test func `a cancelled task releases all the same`() async {
        let isDone = Mutex(false)
        let task = Task {
            await ReleaseScope.run(runUndo: Self.undo) { scope in
                scope.add(
                    Release("thing") {
                        try Task.checkCancellation()
                        isDone.withLock { $0 = true }
                    }
                )
                try await Task.sleep(for: .seconds(60))
            }
        }
        task.cancel()
        let ending = await task.value
        #expect(ending.leaked == [])
        #expect(isDone.withLock { $0 })
    }
}
