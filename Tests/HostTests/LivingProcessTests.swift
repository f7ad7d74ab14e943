import Foundation
import Host
import Synchronization
import TestSupport
import Testing

@Suite struct `A living process` {
    /// Its output, line by line.
    private final class Heard: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        func add(_ more: ArraySlice<UInt8>) { bytes.withLock { $0 += more } }

        /// Waits for a text.
        func has(_ text: String) async throws -> Bool {
            try await eventually { bytes.withLock { String(decoding: $0, as: UTF8.self).contains(text) } }
        }
    }

    private func start(_ script: String, input: String = "") async throws -> (LivingProcess, Heard) {
        let heard = Heard()
        var command = Command("sh", ["-c", script], input: Array(input.utf8))
        command.onOutput = { heard.add($0) }
        return (try await LivingProcess.start(command), heard)
    }

    @Test func `its input stays open until it is told to end`() async throws {
        let (process, heard) = try await start("read line; echo got $line; cat; echo end", input: "one\n")
        #expect(try await heard.has("got one"))
        #expect(process.isAlive)
        await process.end()
        #expect(try await heard.has("end"))
        #expect(process.fate == "ended with status 0")
    }

    @Test(arguments: [
        ("trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done", "ended with status 3"),
        ("trap '' TERM; echo up; while :; do sleep 0.05; done", "was ended by signal 9"),
    ])
    func `a program that ignores the end of its input gets TERM, then KILL`(script: String, fate: String) async throws {
        let (process, heard) = try await start(script)
        #expect(try await heard.has("up"))
        let start = ContinuousClock.now
        await process.end(.quick)
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(process.fate?.hasPrefix(fate) == true)
    }

    @Test func `its own children end with it`() async throws {
        let (process, heard) = try await start("sleep 60 & echo child $!; cat")
        #expect(try await heard.has("child"))
        await process.end()
        // The process that inherits it may take a moment to reap it.
        #expect(try await eventually { kill(-process.pid, 0) == -1 })
    }

    @Test func `its own end is noticed, with what it said last`() async throws {
        let (process, _) = try await start("echo why >&2; exit 7")
        #expect(try await eventually { !process.isAlive })
        #expect(process.fate == "ended with status 7: why")
        await process.end()
    }
}
