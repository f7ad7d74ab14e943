import Glibc
import Host
import TestSupport
import Testing

struct GuardianTests {
    /// A stand-in for the program: hears its request, reports itself and writes down how it ended.
    static func script(_ out: String) -> [String] {
        ["-c", "read -r line <&3; printf r >&3; end=$(head -c1 <&3); echo \"$line $end\" > \(out)"]
    }

    @Test func `a goodbye ends the guardian`() async throws {
        let directory = try ScratchDirectory()
        let guardian = try await Guardian.start(
            executable: "bash",
            arguments: Self.script(directory.path + "/out"),
            request: GuardianRequest(run: "r1")
        )
        try await guardian.goodbye()
        try await guardian.goodbye()
        let said = String(decoding: try readFile(directory.path + "/out"), as: UTF8.self)
        #expect(said == #"{"context":{},"run":"r1"} b"# + "\n" || said == #"{"run":"r1","context":{}} b"# + "\n")
    }

    @Test func `the guardian keeps the lock of a run that lost its own`() async throws {
        let directory = try ScratchDirectory()
        var lock: RunLock? = try RunLock("v", owner: .init(run: "r", pid: 1, since: 0), directory: directory.path)
        let guardian = try await Guardian.start(
            executable: "bash",
            arguments: Self.script(directory.path + "/out"),
            request: GuardianRequest(run: "r"),
            lock: lock
        )
        // Its descriptor closes, without an unlock.
        lock = nil
        #expect(lock == nil)
        #expect(try !RunLock.isFree("v", directory: directory.path))
        try await guardian.goodbye()
        // The thread that started it may let go of its own reference a moment later.
        #expect(try await eventually { try RunLock.isFree("v", directory: directory.path) })
    }

    @Test func `the guardian knows where option files are`() async throws {
        let directory = try ScratchDirectory()
        let guardian = try await Guardian.start(
            executable: "bash",
            arguments: ["-c", "read -r line <&3; printf r >&3; echo \"$HOME\" > \(directory.path)/out; head -c1 <&3"],
            request: GuardianRequest(run: "r")
        )
        try await guardian.goodbye()
        let home = getenv("HOME").map { String(cString: $0) } ?? ""
        #expect(String(decoding: try readFile(directory.path + "/out"), as: UTF8.self) == home + "\n")
    }

    @Test func `a guardian that says nothing is not relied on`() async {
        await #expect(throws: HostError.guardianNotReady) {
            try await Guardian.start(executable: "true", arguments: [], request: GuardianRequest(run: "r"))
        }
    }
}

struct SignalWatchTests {
    @Test(arguments: [SIGHUP, SIGINT]) func `a signal that is ignored from the start, as by nohup, changes nothing`(
        signal: Int32
    ) async {
        await #expect(processExitsWith: .exitCode(42)) { [signal = signal as Int32] in
            Glibc.signal(signal, SIG_IGN)
            try SignalWatch.start { _ in exit(41) }
            kill(getpid(), signal)
            try await Task.sleep(for: .milliseconds(300))
            exit(42)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func `the first signal calls, further ones change nothing`(
        signal: Int32
    ) async {
        await #expect(processExitsWith: .exitCode(40)) { [signal = signal as Int32] in
            try SignalWatch.start { first in
                kill(getpid(), SIGTERM)
                kill(getpid(), SIGPIPE)
                kill(getpid(), SIGXFSZ)
                // Time for a second call, if there were one.
                try? await Task.sleep(for: .milliseconds(100))
                exit(first == signal ? 40 : 41)
            }
            kill(getpid(), signal)
            try await Task.sleep(for: .seconds(20))
        }
    }
}
