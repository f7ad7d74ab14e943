import Foundation
import LVMBackup
import Synchronization

/// A run that ends before its first step has done anything, with something to measure in front of it.
struct EmptyRun {
    private static let hooks = 500

    /// - Returns: seconds that publishing an event takes, without a subscriber.
    func secondsPerEvent(count: Int) async throws -> Double {
        let spent = Mutex(0.0)
        var backup = Backup(configuration: Configuration())
        backup.before(.preflight) { run in
            let progress = Progress(step: .preflight, bytes: 1, totalBytes: 2, files: 3)
            let seconds = HookBench.seconds { for _ in 0..<count { run.progress(progress) } }
            spent.withLock { $0 = seconds }
            return .veto("measured")
        }
        _ = await backup.run()
        return spent.withLock { $0 } / Double(count)
    }

    /// - Returns: seconds that the engine takes for one empty Lua hook.
    func secondsPerHook() async throws -> Double {
        let directory = FileManager.default.temporaryDirectory.appending(path: "lvmbackup-bench-\(UUID().uuidString)")
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o755]
        try FileManager.default.createDirectory(
            at: directory,
            withIntermediateDirectories: true,
            attributes: attributes
        )
        // A scratch directory: a remaining one is no harm.
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appending(path: "10-empty.lua")
        let text = "for _ = 1, \(Self.hooks) do backup.before('preflight', function(run) end) end"
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)

        let times = Mutex<[ContinuousClock.Instant]>([])
        var backup = Backup(configuration: Configuration())
        backup.before(.preflight) { _ in
            times.withLock { $0.append(.now) }
            return .proceed
        }
        _ = try await backup.loadHooks(from: directory.path)
        backup.before(.preflight) { _ in
            times.withLock { $0.append(.now) }
            return .veto("measured")
        }
        let outcome = await backup.run()
        let instants = times.withLock { $0 }
        guard instants.count == 2, outcome.ending == .vetoed else { throw Broken(what: "the run: \(outcome)") }
        return (instants[1] - instants[0]) / .seconds(1) / Double(Self.hooks)
    }
}
