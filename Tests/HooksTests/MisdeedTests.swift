import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Every misdeed at every place that the table has: the run ends in time, releases in order, and names the hook.
@Suite struct `A misdeed of a hook` {
    /// A misdeed, done where a verb puts it.
    struct Cell {
        let verb: Verb
        let target: String
        let body: String
        var head = ""
        /// Seconds that the hook is given.
        var timeout = 0.05
        /// Provokes the event for the subscriber.
        var provocation = ""

        var name: String { "test/\(verb.rawValue).\(target)" }
        var step: StepName? { StepName(rawValue: target) }

        var harness: HookHarness {
            let options = "{ timeout = \(timeout) }"
            var harness = HookHarness(
                "\(head)\nbackup.\(verb.rawValue)('\(target)', \(options), function(run) \(body) end)"
            )
            harness.files.append(("20-other.lua", provocation))
            harness.services.grace = .milliseconds(100)
            if target == "restore" || target == "restored" { harness.options.kind = .restore }
            return harness
        }
    }

    struct End {
        let harness: HookHarness
        let outcome: Outcome
        let duration: Duration
    }

    private func run(_ cell: Cell) async throws -> End {
        let harness = cell.harness
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        return End(harness: harness, outcome: outcome, duration: .now - start)
    }

    /// Runs the cells, some at a time, and checks what holds for all; then that a run without misdeeds still succeeds.
    private func check(_ cells: [Cell], _ expect: @Sendable (Cell, End) -> Void) async throws {
        try await withThrowingTaskGroup(of: (Cell, End).self) { group in
            var waiting = cells[...]
            for cell in waiting.prefix(4) { group.addTask { (cell, try await self.run(cell)) } }
            waiting = waiting.dropFirst(4)
            while let (cell, end) = try await group.next() {
                if let next = waiting.popFirst() { group.addTask { (next, try await self.run(next)) } }
                #expect(end.duration < .seconds(5.05), "\(cell.name)")
                #expect(end.outcome.leaked.map(\.name) == (cell.target == "leaked" ? ["x"] : []), "\(cell.name)")
                #expect(end.harness.releases == releases(end.harness, end.outcome), "\(cell.name)")
                expect(cell, end)
            }
        }
        #expect(try await HookHarness("backup.before('lock', function() end)").run().exitStatus == 0)
    }

    /// The releases of what was acquired, in the order in which they have to run.
    private func releases(_ harness: HookHarness, _ outcome: Outcome) -> [String] {
        let names: [(step: StepName, name: String)] = [
            (.archive, "partial"), (.mount, "mount"), (.snapshot, "snapshot"), (.lock, "lock"), (.prepare, "run lock"),
            (.connect, "session"),
        ]
        var held = names.filter { harness.steps.contains($0.step.rawValue) }.map(\.name)
        // The lock goes as soon as there is a snapshot.
        if held.contains("snapshot") { held = ["lock"] + held.filter { $0 != "lock" } }
        // The copy's things go when the copy is there; what is published stays, and the run lock outlasts everything.
        if harness.steps.contains("archive") {
            held = held.filter { !["partial", "run lock"].contains($0) }
            held += outcome.set == nil ? ["partial", "run lock"] : ["run lock"]
        }
        return held
    }

    // MARK: Verdicts

    @Test(arguments: [
        ("run:veto('no')", Int32(4)), ("run:defer('no')", 75), ("run:retry('no', { wait = '1ms', attempts = 2 })", 75),
    ])
    func `a verdict at any step ends the run, and leaves nothing`(verdict: String, status: Int32) async throws {
        let cells = StepName.allCases.map { Cell(verb: .before, target: $0.rawValue, body: "return \(verdict)") }
        try await check(cells) { cell, end in
            let isRefused = cell.step == .snapshot && status == 75 && verdict.contains("retry")
            switch cell.step {
            case .retain:
                #expect(end.outcome.exitStatus == 0)
                let warning = end.outcome.warnings.first ?? ""
                #expect(warning.hasPrefix("retain: \(cell.name) (10-test.lua:2): no"), "\(warning)")
            default:
                #expect(end.outcome.exitStatus == (isRefused ? 1 : status), "\(cell.name)")
                #expect(end.outcome.failure?.hook == "\(cell.name) (10-test.lua:2)")
                #expect(end.outcome.failure?.step == cell.step)
                let message = end.outcome.failure?.message ?? ""
                #expect(message.contains(isRefused ? "refused while the lock is held" : "no"), "\(message)")
            }
        }
    }

    // MARK: Misdeeds

    @Test(arguments: Misdeed.allCases)
    func `in before, replace and filter it fails the run, at any step`(misdeed: Misdeed) async throws {
        let verbs: [Verb] = [.before, .replace, .filter]
        let cells = verbs.flatMap { verb in
            API.targets(verb).map {
                Cell(verb: verb, target: $0, body: misdeed.body, head: misdeed.head, timeout: misdeed.timeout)
            }
        }
        try await check(cells) { cell, end in
            let isLate = cell.step == .retain || cell.target == FilterName.retentionPlan.rawValue
            let said = isLate ? end.outcome.warnings.first : end.outcome.failure?.message
            #expect(end.outcome.exitStatus == (isLate ? 0 : 1), "\(cell.name)")
            #expect(misdeed.messages.contains { said?.contains("10-test.lua:2: \($0)") == true }, "\(said ?? "")")
            let hook = "\(cell.name) (10-test.lua:2)"
            #expect(isLate ? said?.contains(hook) == true : end.outcome.failure?.hook == hook, "\(said ?? "")")
        }
    }

    @Test(arguments: Misdeed.allCases)
    func `in after it warns, and the run goes on, but for verify`(misdeed: Misdeed) async throws {
        let cells = API.targets(.after).map {
            Cell(verb: .after, target: $0, body: misdeed.body, head: misdeed.head, timeout: misdeed.timeout)
        }
        try await check(cells) { cell, end in
            if cell.step == .verify {
                // A failed assertion.
                #expect(end.outcome.exitStatus == 1)
                #expect(end.outcome.failure?.hook == "\(cell.name) (10-test.lua:2)")
            } else {
                Self.expectWarning(misdeed, cell, end, status: 0)
            }
        }
    }

    /// The causes of events that a good run does not have.
    static let provocations: [String: (text: String, status: Int32)] = [
        "message": ("backup.before('flush', function() log.info('x') end)", 0),
        "warning": ("backup.before('flush', function(run) run:warn('x') end)", 0),
        "progress": ("backup.before('flush', function(run) run:progress(0.5) end)", 0),
        "snapshot_usage": ("backup.before('mount', function(run) run:exec { 'sleep', '0.1' } end)", 0),
        "retrying": (
            """
            local asked
            backup.before('flush', function(run)
              if not asked then asked = true return run:retry('x', { wait = '1ms' }) end
            end)
            """, 0
        ),
        "leaked": ("backup.before('flush', function(run) run:undo('x', function() error('no') end) end)", 2),
        "abandoned": (
            "backup.after('publish', { timeout = 0.05 }, function() ('a'):rep(700):find('.-.-b$') end)", 0
        ),
        "vetoed": ("backup.before('publish', function(run) return run:veto('x') end)", 4),
        "deferred": ("backup.before('publish', function(run) return run:defer('x') end)", 75),
        "failed": ("backup.before('publish', function(run) error('x') end)", 1),
    ]

    @Test(arguments: Misdeed.allCases)
    func `in on it warns, and changes nothing`(misdeed: Misdeed) async throws {
        // A run that succeeds has no other ending.
        let cells = API.targets(.on).map { event in
            let text = Self.provocations[event]?.text ?? ""
            return Cell(
                verb: .on,
                target: event,
                body: misdeed.body,
                head: misdeed.head,
                timeout: misdeed.timeout,
                provocation: text
            )
        }
        try await check(cells) { cell, end in
            Self.expectWarning(misdeed, cell, end, status: Self.provocations[cell.target]?.status ?? 0)
        }
    }

    private static func expectWarning(_ misdeed: Misdeed, _ cell: Cell, _ end: End, status: Int32) {
        let warnings = end.outcome.warnings
        #expect(end.outcome.exitStatus == status, "\(cell.name)")
        let isSaid = warnings.contains { warning in
            misdeed.messages.contains { warning.hasPrefix("hook \"\(cell.name)\": 10-test.lua:2: \($0)") }
        }
        #expect(isSaid, "\(cell.name): \(warnings)")
    }
}
