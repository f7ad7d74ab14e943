import Foundation
import Synchronization
import Testing

@testable import Hooks

@Suite struct `Lines of a program` {
    @Test func `a program that writes more than its hook takes has to wait`() async {
        let lines = BlockingLines()
        let taken = Mutex(0)
        let line = Array((String(repeating: "x", count: 1023) + "\n").utf8)[...]
        Thread {
            for _ in 0..<2048 {
                lines.append(line)
                taken.withLock { $0 += 1 }
            }
            lines.append([])
        }.start()
        var before = -1
        while before != taken.withLock({ $0 }) {
            before = taken.withLock { $0 }
            try? await Task.sleep(for: .milliseconds(200))
        }
        #expect(before < 1024)
        var count = 0
        while lines.next() != nil { count += 1 }
        #expect(count == 2048)
    }
}
