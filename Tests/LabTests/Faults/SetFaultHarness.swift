import Foundation
import Testing

/// The host that the faults of commands on sets are tried on: an archive set, a kept snapshot, and a reference.
actor SetFaultHarness {
    private static let reference = "/srv/reference"
    private static let target = "/srv/restored"

    private let archived: BackupSet
    private let kept: KeptSet
    private let base: Traces

    private init(archived: BackupSet, kept: KeptSet, base: Traces) {
        self.archived = archived
        self.kept = kept
        self.base = base
    }

    private actor Standing {
        static let shared = Standing()
        private var harness: SetFaultHarness?

        func get() async throws -> SetFaultHarness {
            if let harness { return harness }
            let started = try await SetFaultHarness.start()
            harness = started
            return started
        }
    }

    static func shared() async throws -> SetFaultHarness { try await Standing.shared.get() }

    private static func start() async throws -> SetFaultHarness {
        _ = try await DatabaseHost.fresh(Layout(isThin: true))
        let archived = try await Backup.run(Lab.destination).set()
        let kept = try await KeptSet.make(isThin: true)
        try await check("rm", "-rf", reference)
        try await check(Lab.product("lvmbackup"), "restore", archived.directory, "--to", reference)
        return SetFaultHarness(archived: archived, kept: kept, base: try await .now())
    }

    private func words(_ work: SetFaultRow.Work) -> [String] {
        let client = [
            ServerProduct.here == .mariadb ? "mariadb" : "mysql", "--no-defaults", "--socket={socket}", "--execute",
            "SELECT 1",
        ]
        let command = Lab.product("lvmbackup")
        return switch work {
        case .restore: [command, "restore", archived.directory, "--to", Self.target]
        case .verify: [command, "verify", archived.directory, "--level", "start"]
        case .open: [command, "open", archived.directory, "--"] + client
        case .openKept: [command, "open", kept.set.directory, "--"] + client
        }
    }

    /// Runs the command with the row's fault, cleans up, and runs it once more.
    func run(_ row: SetFaultRow) async throws {
        try await check("rm", "-rf", Self.target)
        let command = try Command(words(row.work), environment: ["LVMBACKUP_FAULT": row.injection])
        if row.killsBoth { try await killWithGuardian(command) }
        let result = await command.wait(limit: .seconds(240))
        try await Guardians.areDone()
        #expect(result.errors.contains("fault: "), "the fault did not strike: \(result.report)")
        #expect(row.statuses.contains(result.status), result.report)

        let cleanup = try await Command([Lab.product("lvmbackup"), "cleanup"]).wait()
        #expect(cleanup.status == 0, cleanup.report)
        let left = try await Traces.now().changes(since: base).filter { !$0.hasSuffix("/verified.json") }
        #expect(left == [], "\(result.report)")

        // A restore that was complete before the fault is not repeated.
        let files = FileManager.default
        let isComplete =
            files.fileExists(atPath: Self.target + "/ibdata1")
            && !files.fileExists(atPath: Self.target + "/.lvmbackup-incomplete")
        if row.work != .restore || !isComplete { try await check(words(row.work)) }
        if row.work == .restore { try await check("diff", "-r", "--no-dereference", Self.reference, Self.target) }
        let after = try await Traces.now().changes(since: base).filter { !$0.hasSuffix("/verified.json") }
        #expect(after == [])
    }

    private func killWithGuardian(_ command: Command) async throws {
        try await until("the command has stopped", limit: .seconds(120)) { !command.isRunning || command.isStopped }
        for guardian in Guardians.living where guardian.parent == command.pid { kill(guardian.pid, SIGKILL) }
        command.signal(SIGKILL)
        command.signal(SIGCONT)
    }
}
