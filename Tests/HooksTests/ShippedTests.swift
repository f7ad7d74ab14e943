import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The hook files in `hooks/`, run.
@Suite struct `Hooks that ship` {
    private static let root = #filePath.components(separatedBy: "/Tests/HooksTests/")[0]

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(root)/hooks/\(name)", encoding: .utf8)
    }

    static let names = [
        "10-replica-lag.lua", "30-mylvmbackup-hooks.lua", "40-exclude.lua", "60-retention.lua", "80-prometheus.lua",
        "90-notify.lua",
    ]

    @Test func `all are known here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/hooks")
        #expect(files.filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }.sorted() == Self.names)
    }

    @Test(arguments: names)
    func `each passes its own test`(name: String) async throws {
        var failures: [TestResult] = []
        try await TestRunner().run(TestFiles("\(Self.root)/hooks/\(name)")) { result in
            if result.failure != nil { failures.append(result) }
        }
        #expect(failures == [])
    }

    @Test(arguments: names)
    func `each loads, and a run with it succeeds`(name: String) async throws {
        var harness = HookHarness(try Self.text(name), name: name)
        let lag: LuaValue = .text("3")
        let services = harness.services
        harness.services = HookServices(
            commands: services.commands,
            query: { _ in [["Seconds_Behind_Master": lag]] },
            administer: services.administer,
            lockSession: services.lockSession,
            secret: services.secret
        )
        harness.services.options =
            name.contains("prometheus") ? ["prometheus": ["file": .text("/tmp/hooks.prom")]] : [:]
        #expect(try await harness.run().ending == .succeeded)
    }

    @Test(arguments: [("99", Outcome.Ending.deferred), ("", .vetoed)])
    func `a lagging replica defers the run, a stopped one refuses it`(lag: String, ending: Outcome.Ending) async throws
    {
        var harness = HookHarness(try Self.text("10-replica-lag.lua"), name: "10-replica-lag.lua")
        let services = harness.services
        let row: [String: LuaValue] = lag.isEmpty ? [:] : ["Seconds_Behind_Master": .text(lag)]
        harness.services = HookServices(
            commands: services.commands,
            query: { _ in [row] },
            administer: services.administer,
            lockSession: services.lockSession,
            secret: services.secret
        )
        harness.services.options = ["replica-lag": ["wait": .text("1ms"), "attempts": .integer(2)]]
        #expect(try await harness.run().ending == ending)
    }

    @Test func `metrics are written whole`() async throws {
        let scratch = try ScratchDirectory()
        let path = scratch.path("hooks.prom")
        var harness = HookHarness(try Self.text("80-prometheus.lua"), name: "80-prometheus.lua")
        harness.services.options = ["prometheus": ["file": .text(path)]]
        _ = try await harness.run()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("lvmbackup_success 1\n"))
        #expect(text.contains("lvmbackup_step_seconds{step=\"archive\"} "))
    }

    @Test func `a site's executables for mylvmbackup are run, with the context`() async throws {
        let scratch = try ScratchDirectory()
        let directory = scratch.path
        for name in ["preflush", "premount", "backupsuccess", "precleanup"] {
            let script =
                "#!/bin/sh\necho \"$LVMBACKUP_HOOK $LVMBACKUP_DATADIR $LVMBACKUP_SNAPSHOT\" >>\(directory)/log\n"
            chmod(try scratch.write(script, to: name), 0o700)
        }
        chmod(try scratch.write("#!/bin/sh\n", to: "prebackup"), 0o600)
        var harness = HookHarness(try Self.text("30-mylvmbackup-hooks.lua"), name: "30-mylvmbackup-hooks.lua")
        harness.services.options = ["mylvmbackup-hooks": ["directory": .text(directory)]]
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.contains { $0.contains("prebackup is there and cannot be executed") })
        let log = try String(contentsOfFile: "\(directory)/log", encoding: .utf8).split(separator: "\n")
        #expect(log.contains("preflush /data "))
        #expect(log.contains("premount /data s"))
        #expect(Set(log.map { $0.prefix { $0 != " " } }) == ["preflush", "premount", "backupsuccess", "precleanup"])
    }

    @Test func `retention keeps days, weeks and months`() async throws {
        let day = 86_400.0
        let newest = 1_795_000_000.0
        let plan = RetentionPlan(
            decisions: (0..<60).map {
                .init(set: "s\($0)", created: newest - Double($0) * day, keep: true, reason: "")
            }
        )
        var harness = HookHarness(try Self.text("60-retention.lua"), name: "60-retention.lua")
        harness.services.options = ["retention": ["days": .integer(3), "weeks": .integer(2), "months": .integer(2)]]
        let changed = try await harness.filtered(.retentionPlan, plan)
        let kept = changed.decisions.filter(\.keep).map(\.set)
        #expect(changed.decisions.map(\.set) == plan.decisions.map(\.set))
        #expect(kept.starts(with: ["s0", "s1", "s2"]))
        #expect((4...7).contains(kept.count))
    }

    @Test func `patterns that a restore cannot do without are refused`() async throws {
        let harness = HookHarness(try Self.text("40-exclude.lua"), name: "40-exclude.lua")
        #expect(try await harness.filtered(.archiveExclude, ["mine"]).contains("*.pid"))
        await #expect(throws: (any Error).self) { try await harness.filtered(.archiveExclude, ["ibdata*"]) }
    }

    @Test func `the example of a test passes`() async throws {
        let page = try String(contentsOfFile: "\(Self.root)/hooks/README.md", encoding: .utf8)
        let blocks = page.components(separatedBy: "```lua\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        let scratch = try ScratchDirectory()
        for (name, text) in zip(["50-quiet-hours.lua", "50-quiet-hours_test.lua"], blocks) {
            try scratch.write(text, to: name)
        }
        var results: [TestResult] = []
        try await TestRunner().run(TestFiles(scratch.path("50-quiet-hours.lua"))) { results.append($0) }
        #expect(results.map(\.failure) == [nil])
    }

    // MARK: Policies and pages

    static let policies = [
        "05-restore-guard", "10-business-hours", "11-replica-lag", "20-own-lvcreate", "30-proxy-drain", "35-short-lock",
        "40-names",
        "45-recover-on-sundays", "50-compressor", "60-checksums", "65-assertion", "66-verified-data", "70-upload",
        "90-webhook",
    ]

    @Test(arguments: policies)
    func `each policy passes its own test, and is on the page`(name: String) async throws {
        var results: [TestResult] = []
        try await TestRunner().run(TestFiles("\(Self.root)/examples/policies/\(name).lua")) { results.append($0) }
        #expect(!results.isEmpty)
        #expect(results.compactMap(\.failure) == [])
        let page = try String(contentsOfFile: "\(Self.root)/docs/hooks.md", encoding: .utf8)
        #expect(page.contains("../examples/policies/\(name).lua"))
    }

    @Test func `all policies are known here`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.root)/examples/policies")
        let hooks = files.filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }
        #expect(hooks.sorted() == Self.policies.map { "\($0).lua" })
    }

    @Test func `every piece of code on the page can be loaded, and has no mistake`() async throws {
        let page = try String(contentsOfFile: "\(Self.root)/docs/hooks.md", encoding: .utf8)
        let blocks = page.components(separatedBy: "```lua\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(blocks.count >= 4)
        for text in blocks where !text.hasPrefix("test(") {
            _ = try await HookHarness(text).load()
            let file = HookFile(fileName: "10-x.lua", name: "x", path: "10-x.lua", text: text)
            #expect(file.mistakes == [], "\(text)")
        }
    }

    @Test func `the tutorial's hook passes the tutorial's test`() async throws {
        let page = try String(contentsOfFile: "\(Self.root)/docs/hooks.md", encoding: .utf8)
        let blocks = page.components(separatedBy: "```lua\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        let hook = try #require(blocks.first { $0.hasPrefix("backup.require_api") })
        let test = try #require(blocks.first { $0.hasPrefix("test(") })
        let results = try await KitStage().run(test, of: hook)
        #expect(results.count == 4)
        #expect(results.compactMap(\.failure) == [])
    }

    @Test func `the reference page is the table's`() throws {
        let page = try String(contentsOfFile: "\(Self.root)/docs/hook-reference.md", encoding: .utf8)
        #expect(page == ReferencePage.markdown, "make it anew: lvmbackup hook types --reference")
    }
}
