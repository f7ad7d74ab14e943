import Host
import Lifecycle
import Synchronization
import Testing

@testable import LVM

private struct Observer<Output: Sendable>: StepProvider {
    let name = "test"
    let answer: @Sendable (Run) -> Output

    func provide(_ run: Run) async throws -> Provision<Output> { .result(answer(run)) }
    func plan(_ run: Run) async throws -> [String] { [] }
}

/// A run that keeps its snapshot, on a volume that `lvs` knows as soon as lvcreate has been asked for it.
struct SnapshotStepTests {
    let script = CommandScript()

    func run(usesShell: Bool = false, pool: String? = nil) async -> (snapshot: Snapshot?, outcome: Outcome) {
        let seen = Mutex<Snapshot?>(nil)
        let volume = Volume(
            group: "vg0",
            name: "tmysql",
            device: "",
            size: 1 << 28,
            free: 0,
            thinPool: pool,
            filesystem: "xfs"
        )
        var hooks = HookTable()
        hooks.provide(.preflight, by: Observer { _ in })
        hooks.replace(.connect) { _ in .result(Connection(server: Server(flavour: "x", version: "1", datadir: "/"))) }
        hooks.replace(.locate) { _ in .result(Location(volume: volume, paths: [])) }
        hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "a test")) }
        let tools = LVMTools(script.commands)
        hooks.provide(.snapshot, by: SnapshotStep(tools: tools, usesShell: usesShell))
        hooks.provide(
            .publish,
            by: Observer { run in
                seen.withLock { $0 = run.snapshot }
                return BackupSet(id: run.id, location: "")
            }
        )
        var options = EngineOptions()
        options.isSnapshotOnly = true
        let environment = EngineEnvironment(host: "h", runID: "r1", runUndo: { _ in }, intend: { _, _ in })
        let outcome = await Engine(hooks: hooks, options: options, environment: environment).run()
        return (seen.withLock { $0 }, outcome)
    }

    @Test(
        arguments: [
            (CommandResult.Status.signalled(9), "WARNING: x", "lvcreate was ended by signal 9: WARNING: x"),
            (.signalled(9), "", "lvcreate was ended by signal 9"), (.exited(5), "", "lvcreate ended with status 5"),
            (.exited(5), "no room", "no room"),
        ]
    )
    func `an lvcreate that failed is told by its words, one that was killed by its end`(
        status: CommandResult.Status,
        said: String,
        told: String
    ) {
        let error = HostError.commandFailed(command: "lvcreate -s …", status: status, reason: said)
        #expect(SnapshotStep.reason(error) == told)
    }

    @Test func `a snapshot that is not active when it is made is known by its UUID when it is published`() async {
        let isMade = Mutex(false)
        script.on("vgs", say: Recorded.group)
        script.on("lvcreate") { _ in
            isMade.withLock { $0 = true }
            return CommandResult()
        }
        script.on("lvs") { command in
            let isPool = command.arguments.last?.contains("lv_name=pool") == true
            let made = isMade.withLock { $0 } ? Recorded.thinSnapshot : Recorded.empty
            return CommandResult(standardOutput: Array((isPool ? Recorded.pool : made).utf8))
        }
        let (snapshot, outcome) = await run()
        #expect(outcome.failure == nil)
        #expect(snapshot?.uuid == "zfsEnG-K8vv-A6KN-2JHz-nPRa-vtak-LkiZBH")
    }
}
