import Lifecycle
import TestSupport

/// Something that a test makes a provider throw.
struct Broken: Error, CustomStringConvertible {
    var description = "it broke"
}

/// A whole lifecycle without a machine: every step is performed, every acquisition has a release, all is recorded.
struct RunHarness {
    let recorder = Recorder<String>()
    var hooks = HookTable()
    var options = EngineOptions()
    /// The services of Swift hooks; nil: none.
    var tools: HookTools?
    /// Whether undos can be run, and taken out of the record.
    var undoes = true
    var settles = true
    /// The clock by which the lock is measured and ended; the system's where a test sets no other.
    var clock = EngineClock()

    /// - Parameter act: called at the start of every provider, with its step; what it throws, the provider throws.
    init(act: @escaping @Sendable (StepName, Run) async throws -> Void = { _, _ in }) {
        let recorder = recorder
        @Sendable func release(_ name: String) -> Release {
            Release(name) { recorder.add("release \(name)") }
        }
        func provide<Output: Sendable>(_ step: Step<Output>, _ result: @escaping @Sendable (Run) -> Output) {
            hooks.provide(step, name: "stage") { run in
                recorder.add("step \(step.name.rawValue)")
                try await act(step.name, run)
                return result(run)
            }
        }
        hooks.on { event in recorder.add("event \(event.fact.word)") }
        provide(.preflight) { _ in }
        provide(.connect) { _ in
            let server = Server(flavour: "mariadb", version: "10.11", datadir: "/data")
            return Connection(server: server, release: release("session"))
        }
        provide(.locate) { _ in
            let volume = Volume(
                group: "vg0",
                name: "mysql",
                device: "/dev/vg0/mysql",
                size: 1,
                free: 1,
                filesystem: "xfs"
            )
            return Location(volume: volume, paths: [])
        }
        provide(.prepare) { run in run.undoAtEnd(release("run lock")) }
        provide(.flush) { _ in }
        provide(.lock) { _ in
            Lock(plan: "stage", reason: "test", proof: { recorder.add("proof") }, release: release("lock"))
        }
        provide(.snapshot) { _ in
            Snapshot(
                name: "snap",
                device: "/dev/snap",
                check: { recorder.add("check") },
                keep: { recorder.add("keep") },
                release: release("snapshot")
            )
        }
        provide(.mount) { _ in
            Mount(
                path: "/mnt/data",
                mountPoint: "/mnt",
                makeReadOnly: { recorder.add("read-only") },
                release: release("mount")
            )
        }
        provide(.recover) { _ in Recovery(clean: true) }
        provide(.verify) { _ in Verification(level: "none") }
        provide(.archive) { _ in
            ArchivedCopy(location: "/b/.x", bytes: 1, files: 1, partialDirectory: "/b/.x", release: release("partial"))
        }
        provide(.publish) { run in BackupSet(id: run.id, location: "/b/x") }
        provide(.retain) { _ in Retention(kept: ["x"], removed: []) }
    }

    func run() async -> Outcome {
        let recorder = recorder
        var environment = EngineEnvironment(
            host: "db1",
            runID: "r1",
            runUndo: { [undoes] in
                recorder.add("undo \($0.asCommand(quotedForShell))")
                if !undoes { throw Broken() }
            },
            intend: { recorder.add("intend \($0.undo.asCommand(quotedForShell))") }
        )
        environment.settle = { [settles] undos in
            guard settles else { throw Broken() }
            recorder.add("settle " + undos.map { $0.undo.asCommand(quotedForShell) }.joined(separator: ", "))
        }
        if let tools { environment.tools = tools }
        environment.clock = clock
        return await Engine(hooks: hooks, options: options, environment: environment).run()
    }

    var releases: [String] { recorder.lines("release ") }
    var steps: [String] { recorder.lines("step ") }
}

extension Fact {
    /// The kind of fact, for comparing.
    var word: String {
        let text = String(describing: self)
        return String(text.prefix { $0 != "(" })
    }
}
