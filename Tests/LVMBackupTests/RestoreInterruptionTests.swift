import Archive
import FoundationEssentials
import Host
import Lifecycle
import Testing

@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Restores that end in the middle, and the same restore once more.
@Suite(.enabled(if: TreeSet.isPossible, "needs root"), .serialized)
struct RestoreInterruptionTests {
    /// Points of a restore, in the order in which they are reached, with the pass that is meant.
    private static let moments =
        ["marker:entry", "marker:middle", "placeholder:middle", "marker:exit"].map { "restore/\($0):%@1" }
        + [1, 2, 3, 5, 8, 13, 21, 30, 45].map { "restore/member:entry:%@\($0)-\($0)" }
        + [1, 2, 3, 4, 6, 10, 20, 34].map { "restore/file:middle:%@\($0)-\($0)" }
        + ["restore/end:entry:%@1"]
        + (1...4).flatMap { ["restore/name:entry:%@\($0)-\($0)", "restore/name:exit:%@\($0)-\($0)"] }
        + ["restore/end:middle:%@1", "restore/end:exit:%@1"]

    private static func faults(_ act: String) -> [String] { moments.map { $0.replacing("%", with: act) } }

    @Test func `there are 30 moments and more`() { #expect(Self.moments.count >= 30) }

    @Test func `a restore that was killed starts no server, and the second run finishes it`() async throws {
        let set = try await TreeSet()
        for fault in Self.faults("kill") {
            await #expect(processExitsWith: .signal(SIGKILL), "\(fault)") {
                [words = [fault] + set.words as [String]] in
                _ = try await Self.restore(underFault: words).run()
            }
            try await expectUnfinished(set, fault)
            try await expectFinishes(set, fault)
        }
    }

    @Test(arguments: ["member:entry:kill@40-40", "name:exit:kill@2-2", "end:middle:kill@1"])
    func `a restore that was killed twice starts no server in between`(first: String) async throws {
        let set = try await TreeSet()
        for second in Self.faults("kill") where !second.contains("file") {
            for fault in ["restore/" + first, second] {
                await #expect(processExitsWith: .signal(SIGKILL), "\(fault)") {
                    [words = [fault] + set.words as [String]] in
                    _ = try await Self.restore(underFault: words).run()
                }
                try await expectUnfinished(set, "\(first), \(fault)")
            }
            try await expectFinishes(set, "\(first), \(second)")
        }
    }

    @Test func `a restore that was told to stop goes on`() async throws {
        let set = try await TreeSet()
        for fault in Self.faults("signal=INT") {
            await #expect(processExitsWith: .success, "\(fault)") {
                [words = [fault] + set.words as [String]] in
                let restore = Self.restore(underFault: words)
                let task = Task { try await restore.run() }
                try SignalWatch.start { _ in task.cancel() }
                // When all members have been read a restore goes on to its end.
                do { _ = try await task.value } catch is CancellationError {}
            }
            try await expectUnfinished(set, fault)
            try await expectFinishes(set, fault)
        }
    }

    @Test func `a restore that failed goes on`() async throws {
        let set = try await TreeSet()
        for fault in Self.faults("fail") {
            await #expect(processExitsWith: .success, "\(fault)") {
                [words = [fault] + set.words as [String]] in
                let restore = Self.restore(underFault: words)
                await #expect(throws: (any Error).self) { try await restore.run() }
            }
            try await expectUnfinished(set, fault)
            try await expectFinishes(set, fault)
        }
    }

    @Test(arguments: ["size", "nr_inodes"])
    func `a restore to a disk that became full goes on when there is room`(limit: String) async throws {
        let set = try await TreeSet()
        try await TreeSet.shell("mkdir target", in: set.scratch)
        let limits = limit == "size" ? (1...30).map { $0 * $0 * 12_288 } : (1...30).map { $0 * 2 }
        for most in limits {
            try await TreeSet.shell("mount -t tmpfs -o mode=711,\(limit)=\(most) scratch target", in: set.scratch)
            do {
                let files = try await set.place.open()
                // Another program takes the room after the restore has checked it.
                let job = RestoreJob(source: .set(files), target: set.target, keepsOwners: true)
                let error = await #expect(throws: ArchiveError.self, "\(most)") { try await job.run() }
                #expect(error?.failure.message.contains("No space left on device") == true, "\(most)")
                try await expectUnfinished(set, "\(limit) \(most)")
                try await TreeSet.shell("mount -o remount,size=64m,nr_inodes=1000 target", in: set.scratch)
                try await expectFinishes(set, "\(limit) \(most)") { "umount \($0)" }
            } catch {
                try await TreeSet.shell("umount target", in: set.scratch)
                throw error
            }
        }
    }

    /// In a process of its own.
    ///
    /// - Parameter words: the fault, and those of a ``TreeSet``.
    private static func restore(underFault words: [String]) -> Restore {
        setenv("LVMBACKUP_FAULT", words[0], 1)
        return TreeSet.restore(SetPlace(destination: words[1], name: words[2]), to: words[3])
    }

    // MARK: Expectations

    /// Either nothing but the marker is missing to a whole tree, or no server takes the target for its data.
    private func expectUnfinished(_ set: TreeSet, _ moment: String) async throws {
        guard FileManager.default.fileExists(atPath: set.target) else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: set.target)
        guard names.contains(".lvmbackup-incomplete") else {
            let isUntouched = names.isEmpty
            let differences = isUntouched ? [] : try await set.differences()
            #expect(differences == [], "\(moment)")
            return
        }
        guard let first = FileManager.default.contents(atPath: set.target + "/ibdata1") else {
            // A server makes new files where this one is missing.
            #expect(names.filter { !$0.hasPrefix(".lvmbackup-") } == [], "\(moment)")
            return
        }
        guard !first.starts(with: Data("lvmbackup: ".utf8)) else { return }
        let differences = try await set.differences()
        #expect(differences == [], "\(moment)")
    }

    /// - Parameter removal: the command that removes the target's content.
    private func expectFinishes(
        _ set: TreeSet,
        _ moment: String,
        removal: (String) -> String = { "rm -rf \($0)" }
    ) async throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: set.target)) ?? []
        if names.isEmpty || names.contains(".lvmbackup-incomplete") {
            await #expect(throws: Never.self, "\(moment)") { try await set.restore.run() }
        }
        let differences = try await set.differences()
        #expect(differences == [], "\(moment)")
        let left = try FileManager.default.subpathsOfDirectory(atPath: set.target).filter { $0.contains("lvmbackup") }
        #expect(left == [], "\(moment)")
        try await TreeSet.shell(removal("target"), in: set.scratch)
    }
}
