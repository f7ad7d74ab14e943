import Foundation
import Testing

extension Command {
    /// Kills a run so that it can do nothing any more; with its guardian, only the next run can.
    func die(withGuardian: Bool) async throws {
        let guardian = try #require(Guardians.living.first { $0.parent == pid }, "run \(pid) has no guardian")
        // The guardian first: it would see the run end.
        if withGuardian { kill(guardian.pid, SIGKILL) }
        signal(SIGKILL)
        _ = await wait()
    }
}

/// The guardians of runs, as processes.
enum Guardians {
    struct Process: Sendable {
        let pid: Int32
        let parent: Int32
    }

    /// Waits until every guardian has done its work.
    static func areDone() async throws {
        try await until("the guardian is done", limit: .seconds(120)) { living.isEmpty }
    }

    static var living: [Process] {
        // Without /proc there is no lab; what ended meanwhile is no guardian.
        let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return pids.compactMap { pid in
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
                status.hasPrefix("Name:\tlvmbackup-guard\n"), !status.contains("\nState:\tZ")
            else { return nil }
            let parent = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }
            return Process(pid: pid, parent: parent.flatMap { Int32($0.dropFirst(6)) } ?? 0)
        }
    }
}
