import Lifecycle
import Synchronization
import Testing
import Waiting

@testable import Hooks

@Suite struct `The turns of a file's thread` {
    private func turn(_ rank: CallRank = .step, _ work: @escaping @Sendable (Turn) throws -> LuaValue) -> Turn {
        Turn(rank, limit: .seconds(30), work)
    }

    @Test func `the greatest rank has its turn first, and equal ranks in their order`() throws {
        var queue = CallQueue()
        let ranks: [CallRank] = [.event, .step, .event, .release, .step]
        let turns = ranks.map { Turn($0, limit: nil) { _ in .none } }
        for turn in turns { try queue.enter(turn) }
        var order: [Int] = []
        while let turn = queue.next() {
            order.append(try #require(turns.firstIndex { $0 === turn }))
            let hasLeft = queue.leave(turn)
            #expect(hasLeft)
        }
        #expect(order == [3, 1, 4, 0, 2])
    }

    @Test func `an interruption before the beginning ends the code at once, and one after the end does nothing`() {
        let ended = Mutex(0)
        let turn = turn { _ in .none }
        turn.interrupt(.timedOut)
        turn.begin { ended.withLock { $0 += 1 } }
        #expect(ended.withLock { $0 } == 1)
        turn.end()
        turn.interrupt(.cancelled)
        #expect(ended.withLock { $0 } == 1)
    }

    @Test func `an operation that begins after the interruption is ended, too`() {
        let ended = Mutex(false)
        let turn = turn { _ in .none }
        turn.begin {}
        turn.interrupt(.madeWay)
        turn.blocking({ ended.withLock { $0 = true } }) {}
        #expect(ended.withLock { $0 })
    }

    @Test func `a step's result counts although it was interrupted, an event's error tells the reason`() async throws {
        let step = turn { _ in .none }
        step.interrupt(.timedOut)
        step.finish(.success(.integer(1)))
        #expect(try await step.value == .integer(1))

        let event = turn(.event) { _ in .none }
        event.interrupt(.madeWay)
        event.finish(.success(.integer(1)))
        let error = await #expect(throws: LuaError.self) { try await event.value }
        #expect(error?.cause == .madeWay)
    }

    @Test func `a call that was left behind takes the waiting ones with it, and its late end changes nothing`()
        async throws
    {
        let thread = FileThread(grace: .milliseconds(50))
        let (begun, end) = (Promise<Bool>(), Promise<Bool>())
        let stuck = Turn(.step, limit: .milliseconds(50)) { _ in
            begun.give(.success(true))
            return .bool(try end.wait())
        }
        let first = Task { try await thread.perform(stuck) }
        _ = try await begun.value
        let waiting = turn { _ in .none }
        let second = Task { try await thread.perform(waiting) }
        await #expect(throws: HookLate.limit(.milliseconds(50))) { try await first.value }
        await #expect(throws: HookLate.before) { try await second.value }
        #expect(thread.isAbandoned)
        end.give(.success(true))
        await #expect(throws: HookLate.before) { try await thread.perform(self.turn { _ in .none }) }
    }

    @Test func `a cancelled call that still waits has no turn`() async throws {
        let thread = FileThread(grace: .seconds(1))
        let (begun, end) = (Promise<Bool>(), Promise<Bool>())
        let hasRun = Mutex(false)
        let busy = turn { _ in
            begun.give(.success(true))
            return .bool(try end.wait())
        }
        let first = Task { try await thread.perform(busy) }
        _ = try await begun.value
        let second = turn { _ in
            hasRun.withLock { $0 = true }
            return .none
        }
        let task = Task { try await thread.perform(second) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        end.give(.success(true))
        #expect(try await first.value == .bool(true))
        #expect(!hasRun.withLock { $0 })
    }
}
