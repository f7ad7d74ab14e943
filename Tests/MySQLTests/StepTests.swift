import Lifecycle
import Synchronization
import Testing

@testable import MySQL

@Suite struct StepTests {
    private let steps = MySQLDatabase(options: MySQLOptions())

    /// A run whose server was found by somebody else, up to the lock.
    private func outcome(_ hear: @escaping @Sendable (Fact) -> Void) async -> Outcome {
        var hooks = HookTable()
        hooks.on { hear($0.fact) }
        hooks.provide(.preflight, by: Answer(value: ()))
        hooks.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "postgresql", version: "17", datadir: "/d")))
        }
        let volume = Volume(group: "g", name: "v", device: "/dev/g/v", size: 1, free: 1, filesystem: "xfs")
        hooks.provide(.locate, by: Answer(value: Location(volume: volume, paths: [])))
        hooks.provide(.prepare, by: Answer(value: ()))
        hooks.provide(.flush, by: steps.flush)
        hooks.provide(.lock, by: steps.lock)
        let environment = EngineEnvironment(host: "db1", runID: "r1", runUndo: { _ in }, intend: { _ in })
        return await Engine(hooks: hooks, options: EngineOptions(), environment: environment).run()
    }

    @Test func `flush and lock decline a server that another provider connected to`() async {
        let endings = Mutex<[StepName: StepEnding]>([:])
        let outcome = await outcome { fact in
            if case .stepFinished(let end) = fact { endings.withLock { $0[end.step] = end.ending } }
        }
        #expect(endings.withLock { $0[.flush] } == .declined)
        #expect(outcome.failure?.step == .lock)
        #expect(outcome.failure?.message.contains(MySQLContext.notOurs) == true)
    }

    @Test func `the log of a session's statements does not keep the run`() async throws {
        let run = Weakly()
        let log = Mutex<StatementLog?>(nil)
        var hooks = HookTable()
        hooks.before(.preflight) { asked in
            run.note(asked)
            log.withLock { $0 = MySQLContext.log(of: asked, "session") }
            return .veto("enough")
        }
        let environment = EngineEnvironment(host: "db1", runID: "r1", runUndo: { _ in }, intend: { _ in })
        _ = await Engine(hooks: hooks, options: EngineOptions(), environment: environment).run()
        #expect(log.withLock { $0 != nil })
        for _ in 1...200 where !run.isGone { try await Task.sleep(for: .milliseconds(10)) }
        #expect(run.isGone)
    }
}

/// Shows whether a run is still there.
private final class Weakly: Sendable {
    private struct State { weak var run: Run? }
    private let state = Mutex(State())

    func note(_ run: Run) { state.withLock { $0.run = run } }
    var isGone: Bool { state.withLock { $0.run == nil } }
}

/// A provider that always gives the same answer.
private struct Answer<Output: Sendable>: StepProvider {
    let name = "test"
    let value: Output

    func provide(_ run: Run) async throws -> Provision<Output> { .result(value) }

    func plan(_ run: Run) async throws -> [String] { [] }
}
