import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import MySQL

@Suite struct StepTests {
    private let steps = MySQLDatabase(options: MySQLOptions())

    /// A run whose server was found by somebody else, up to the lock.
    private func outcome(_ hear: @escaping @Sendable (Fact) -> Void) async -> Outcome {
        var hooks = HookTable()
        hooks.on { hear($0.fact) }
        hooks.provide(.preflight) { _ in }
        hooks.replace(.connect) { _ in
            .result(Connection(server: Server(flavour: "postgresql", version: "17", datadir: "/d")))
        }
        hooks.provide(.locate) { _ in Location(volume: .fake, paths: []) }
        hooks.provide(.prepare) { _ in }
        hooks.provide(.flush, by: steps.flush)
        hooks.provide(.lock, by: steps.lock)
        return await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
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
        let run = WeakReference<Run>()
        let log = Mutex<StatementLog?>(nil)
        var hooks = HookTable()
        hooks.before(.preflight) { asked in
            run.note(asked)
            log.withLock { $0 = MySQLContext.log(of: asked, "session") }
            return .veto("enough")
        }
        _ = await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
        #expect(log.withLock { $0 != nil })
        #expect(try await eventually { run.isGone })
    }
}
