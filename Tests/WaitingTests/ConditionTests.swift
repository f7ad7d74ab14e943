import Foundation
import Synchronization
import Testing
import Waiting

@Suite struct `A condition` {
    @Test func `a broadcast wakes all waiting threads`() async throws {
        let condition = Condition()
        let isOpen = Mutex(false)
        let ends = (0..<3).map { _ in Promise<Bool>() }
        for end in ends {
            Thread.detachNewThread {
                condition.withLock { while !isOpen.withLock({ $0 }) { condition.wait() } }
                end.give(.success(true))
            }
        }
        condition.withLock {
            isOpen.withLock { $0 = true }
            condition.broadcast()
        }
        for end in ends { #expect(try await end.value) }
    }

    @Test(arguments: [Duration.zero, .seconds(-1), .milliseconds(1)])
    func `a wait ends at its deadline`(_ duration: Duration) {
        let condition = Condition()
        let deadline = Condition.Deadline(after: duration)
        condition.withLock { while condition.wait(until: deadline) {} }
        #expect(condition.withLock { !condition.wait(until: deadline) })
    }
}
