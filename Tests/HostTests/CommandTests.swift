import Glibc
import Host
import TestSupport
import Testing

struct CommandTests {
    @Test func `a status other than 0 is a value, and an error where success is required`() async throws {
        let command = Command("sh", ["-c", "echo out; echo '  why' >&2; exit 3"])
        let result = try await Commands.system.run(command)
        #expect(result.status == .exited(3))
        #expect(result.output == "out\n")
        #expect(result.reason == "why")
        await #expect(throws: HostError.commandFailed(command: "\(command)", status: .exited(3), reason: "why")) {
            try await Commands.system.checked(command)
        }
    }

    @Test func `an executable that is nowhere is named`() async {
        await #expect(throws: HostError.commandNotFound("no-such-command")) {
            try await Commands.system.run(Command("no-such-command"))
        }
    }

    @Test func `an executable that cannot be executed names the call`() async {
        let reason = "execve: permission denied"
        await #expect(throws: HostError.commandNotStarted(command: "/etc/passwd", reason: reason)) {
            try await Commands.system.run(Command("/etc/passwd"))
        }
    }

    @Test func `the environment is not inherited`() async throws {
        let result = try await Commands.system.run(Command("env", environment: ["OURS": "1"]))
        let names = result.output.split(separator: "\n").map { $0.prefix { $0 != "=" } }
        #expect(names == ["LC_ALL", "OURS", "PATH"])
    }

    @Test func `no descriptor but the standard ones reaches the command`() async throws {
        let leaky = open("/dev/null", O_RDONLY)
        defer { close(leaky) }
        let result = try await Commands.system.run(Command("ls", ["/proc/self/fd"]))
        // The fourth is the directory that ls itself reads.
        #expect(result.output.split(separator: "\n") == ["0", "1", "2", "3"])
    }

    @Test func `a command leads its own session and process group`() async throws {
        let result = try await Commands.system.run(Command("sh", ["-c", "echo $$; ps -o sid=,pgid= -p $$"]))
        let numbers = result.output.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 3)
        #expect(Set(numbers).count == 1)
    }

    @Test(arguments: [0, 1, 100_000]) func `the input comes back`(count: Int) async throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let result = try await Commands.system.run(Command("cat", input: bytes))
        #expect(result.standardOutput == bytes)
    }

    @Test func `unread input does no harm`() async throws {
        let input = [UInt8](repeating: 0, count: 1 << 20)
        let result = try await Commands.system.run(Command("true", input: input))
        #expect(result.isSuccess)
    }

    @Test func `output beyond the limit is dropped, and the command still ends`() async throws {
        let command = Command("head", ["-c", "\(Command.outputLimit + 1_000_000)", "/dev/zero"])
        let result = try await Commands.system.run(command)
        #expect(result.isSuccess)
        #expect(result.standardOutput.count == Command.outputLimit)
    }

    @Test func `a grandchild that keeps the output open is not waited for`() async throws {
        let result = try await Commands.system.run(Command("sh", ["-c", "sleep 5 & echo said"]))
        #expect(result.output == "said\n")
        #expect(result.duration < .seconds(4))
    }

    @Test func `a command whose time is spent gets TERM`() async throws {
        let command = Command("sleep", ["30"], deadline: .milliseconds(50))
        let result = try await Commands.system.run(command)
        #expect(result.isTimedOut)
        #expect(result.status == .signalled(SIGTERM))
        #expect(throws: HostError.commandTimedOut(command: "sleep 30", limit: .milliseconds(50))) {
            try result.checked(command)
        }
    }

    @Test func `a command that is only to be terminated is never killed`() async throws {
        let scratch = try ScratchDirectory()
        let isSet = scratch.path + "/set"
        let script =
            "trap 'sleep 6; echo finished; exit 0' TERM; : > \(isSet); read line; while :; do sleep 0.05; done"
        let command = Command("sh", ["-c", script], deadline: .milliseconds(200), ending: .terminateOnly)
        let waiting = try await WaitingCommand.start(command)
        #expect(try await eventually { access(isSet, F_OK) == 0 })
        let result = try await waiting.finish(input: Array("go\n".utf8))
        #expect(result?.status == .exited(0))
        #expect(result?.output == "finished\n")
        #expect(result?.isTimedOut == true)
    }

    @Test func `a cancelled task neither loses nor ends a command that is only to be terminated`() async throws {
        let task = Task {
            try await Commands.system.run(Command("sh", ["-c", "sleep 0.3; echo made"], ending: .terminateOnly))
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        let result = try await task.value
        #expect(result.output == "made\n")
        #expect(result.isSuccess)
    }

    @Test func `a cancelled task ends any other command`() async throws {
        let start = ContinuousClock.now
        let task = Task { try await Commands.system.run(Command("sleep", ["30"])) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `a hundred commands at once all come back`() async throws {
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                group.addTask { try await Commands.system.run(Command("echo", ["\(number)"])).output }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(outputs) == Set((0..<100).map { "\($0)\n" }))
    }
}

struct WaitingCommandTests {
    @Test func `a command waits for its input, and its time counts from there`() async throws {
        let command = Command("sh", ["-c", "read -r x; echo got $x"], deadline: .seconds(1), ending: .terminateOnly)
        let waiting = try await WaitingCommand.start(command)
        try await Task.sleep(for: .milliseconds(1200))
        let result = try await waiting.finish(input: Array("it\n".utf8))
        #expect(result?.output == "got it\n")
        #expect(result?.isSuccess == true)
        #expect(try await waiting.finish(input: []) == nil)
    }

    @Test func `a command that has ended before its input is known`() async throws {
        let waiting = try await WaitingCommand.start(Command("sh", ["-c", "read x"], ending: .terminateOnly))
        #expect(waiting.isWaiting)
        let gone = try await WaitingCommand.start(Command("true", ending: .terminateOnly))
        #expect(try await eventually { !gone.isWaiting })
        #expect(waiting.isWaiting)
    }

    @Test func `a command without input ends by itself`() async throws {
        let scratch = try ScratchDirectory()
        let end = scratch.path + "/end"
        do {
            let script = "cat; echo over > \(end)"
            _ = try await WaitingCommand.start(Command("sh", ["-c", script], ending: .terminateOnly))
        }
        #expect(try await eventually { access(end, F_OK) == 0 })
    }
}

struct CommandScriptTests {
    @Test func `a script remembers what it was asked and refuses the rest`() async throws {
        let script = CommandScript()
        script.on("lvs", say: "{}")
        #expect(try await script.commands.run(Command("lvs", ["vg0"])).output == "{}")
        await #expect(throws: HostError.unscripted("vgs")) { try await script.commands.run(Command("vgs")) }
        #expect(script.asked.map(\.description) == ["lvs vg0", "vgs"])
    }
}
