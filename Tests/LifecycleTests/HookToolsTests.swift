import Lifecycle
import TestSupport
import Testing

@Suite struct `The services of Swift hooks` {
    private func harness() -> RunHarness {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.tools = HookTools(
            query: { run, query in
                recorder.add("asked \(run.step?.rawValue ?? "-"): \(query)")
                return [["n": .integer(7), "name": .text("a"), "none": .null]]
            },
            execute: { _, program in
                recorder.add("ran \(program.path) \(program.arguments) within \(program.timeout)")
                return ProgramResult(status: 0, stdout: Array("out".utf8))
            },
            endCopy: { recorder.add("ended") }
        )
        return harness
    }

    @Test func `a hook asks the server and decides by the rows`() async {
        var harness = harness()
        harness.hooks.before(.lock) { run in
            let row = try await run.sql("SELECT 7")[0]
            guard row["n"]?.integer == 7 else { return .proceed }
            return .defer("\(row["name"]?.text ?? "") is \(row["none"]?.text ?? "NULL")")
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .deferred)
        #expect(outcome.failure?.message == "a is NULL")
        #expect(harness.recorder.lines("asked ") == ["lock: SELECT 7"])
    }

    @Test func `the private server ends with each hook that may have asked it, also with a failing hook`() async {
        var harness = harness()
        let recorder = harness.recorder
        harness.hooks.after(.recover) { run, _ in
            _ = try await run.sql("SELECT 1")
            recorder.add("hook after recover")
        }
        harness.hooks.before(.verify) { _ in throw Broken() }
        harness.hooks.before(.archive) { _ in .proceed }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        let told = recorder.all.filter { $0 == "ended" || $0.hasPrefix("hook ") || $0.hasPrefix("step archive") }
        #expect(told == ["hook after recover", "ended", "ended"])
    }

    @Test func `a program runs with the time of the hook, or of the lock`() async {
        var harness = harness()
        harness.options.maxLock = .seconds(5)
        let recorder = harness.recorder
        harness.hooks.before(.connect) { run in
            recorder.add("said \(try await run.exec("notify", ["begin"], timeout: .seconds(600)).output)")
            return .proceed
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(recorder.lines("ran ") == [#"notify ["begin"] within 600.0 seconds"#])
        #expect(recorder.lines("said ") == ["out"])
    }

    @Test func `a dry run logs the program and ends the hook, and runs a program that only reads`() async {
        var harness = harness()
        harness.options.isDryRun = true
        let recorder = harness.recorder
        harness.hooks.before(.connect) { run in
            try await run.exec("look", reads: true)
            recorder.add("looked")
            try await run.exec("change", ["it"])
            recorder.add("changed")
            return .veto("never reached")
        }
        harness.hooks.on { event in
            if case .message(let message) = event.fact { recorder.add("log \(message.text)") }
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(recorder.lines("ran ").map { $0.prefix(4) } == ["look"])
        #expect(recorder.all.contains("looked"))
        #expect(!recorder.all.contains("changed"))
        #expect(recorder.lines("log ").contains("would run: change it"))
    }
}
