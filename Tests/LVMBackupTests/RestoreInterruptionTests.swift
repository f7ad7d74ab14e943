import Archive
import FoundationEssentials
import Host
import Lifecycle
import TestSupport
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
        ["marker:entry", "marker:middle"] + passes("placeholder:middle", [1, 2]) + ["marker:exit:%@1"]
        + passes("member:entry", [1, 2, 4, 10, 20, 30]) + passes("file:middle", [1, 3, 6, 20, 34])
        + ["end:entry", "directories:exit"]
        + (1...5).flatMap { passes("name:entry", [$0]) + passes("name:exit", [$0]) } + ["end:middle", "end:exit"]

    private static func passes(_ point: String, _ numbers: [Int]) -> [String] {
        numbers.map { "\(point):%@\($0)-\($0)" }
    }

    /// - Parameter moments: such as "end:entry".
    private static func faults(_ act: String, at moments: [String] = moments) -> [String] {
        moments.map { "restore/" + ($0.contains("%") ? $0 : $0 + ":%@1").replacing("%", with: act) }
    }

    /// One moment of each kind, for ends that undo what a sudden one leaves.
    private static let fewMoments = [
        "marker:middle", "placeholder:middle", "member:entry:%@8-8", "file:middle:%@6-6", "name:entry:%@2-2",
        "name:exit:%@5-5", "end:exit",
    ]

    @Test func `there are 30 moments and more`() { #expect(Self.moments.count >= 30) }

    @Test func `a restore that was killed starts no server, and the second run finishes it`() async throws {
        let set = try await TreeSet()
        for fault in Self.faults("kill") {
            try await killRestore(set, fault)
            try await expectUnfinished(set, fault)
            try await expectFinishes(set, fault)
        }
    }

    @Test(arguments: ["member:entry:kill@40-40", "name:exit:kill@2-2", "end:middle:kill@1"])
    func `a restore that was killed twice starts no server in between`(first: String) async throws {
        let set = try await TreeSet()
        try await killRestore(set, "restore/" + first)
        try await expectUnfinished(set, first)
        try await shell("cp -a target first", in: set.scratch)
        for second in Self.faults("kill", at: Self.fewMoments) where !second.contains("file") {
            try await killRestore(set, second)
            try await expectUnfinished(set, "\(first), \(second)")
            try await expectFinishes(set, "\(first), \(second)")
            try await shell("cp -a first target", in: set.scratch)
        }
    }

    @Test func `a restore that was told to stop goes on`() async throws {
        let set = try await TreeSet()
        for fault in Self.faults("signal=INT", at: Self.fewMoments) {
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
        for fault in Self.faults("fail", at: Self.fewMoments) {
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
        try await shell("mkdir target", in: set.scratch)
        let limits = limit == "size" ? [1, 2, 16, 40, 90, 120, 160, 800].map { $0 * 4096 } : [2, 3, 5, 9, 20, 40]
        for most in limits {
            try await shell("mount -t tmpfs -o mode=711,\(limit)=\(most) scratch target", in: set.scratch)
            do {
                let files = try await set.place.open()
                // Another program takes the room after the restore has checked it.
                let job = RestoreJob(source: .set(files), target: set.target, keepsOwners: true)
                let error = await #expect(throws: ArchiveError.self, "\(most)") { try await job.run() }
                #expect(error?.failure.message.contains("No space left on device") == true, "\(most)")
                try await expectUnfinished(set, "\(limit) \(most)")
                try await shell("mount -o remount,size=64m,nr_inodes=1000 target", in: set.scratch)
                try await expectFinishes(set, "\(limit) \(most)") {
                    try await shell("umount '\($0)'", in: set.scratch)
                }
            } catch {
                try await shell("umount target", in: set.scratch)
                throw error
            }
        }
    }

    // MARK: Other processes

    private func killRestore(_ set: TreeSet, _ fault: String) async throws {
        await #expect(processExitsWith: .signal(SIGKILL), "\(fault)") {
            [words = [fault] + set.words as [String]] in
            _ = try await Self.restore(underFault: words).run()
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

    /// Either the tree is whole, or no server takes the target for its data.
    private func expectUnfinished(_ set: TreeSet, _ moment: String) async throws {
        guard FileManager.default.fileExists(atPath: set.target) else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: set.target)
        // A server makes new files where this one is missing.
        guard names.contains("ibdata1") else {
            #expect(names.filter { !$0.hasPrefix(".lvmbackup-") } == [], "\(moment)")
            return
        }
        guard isServer(startingOn: set.target) else {
            #expect(names.contains(".lvmbackup-incomplete"), "\(moment)")
            return
        }
        let differences = try await set.differences()
        #expect(differences == [], "\(moment)")
    }

    /// Whether a server's user can enter the directory, and the first files that a server opens are not the text of an
    /// incomplete restore.
    ///
    /// MariaDB opens both, MySQL the first of them. The set's own directory has mode 711.
    private func isServer(startingOn data: String) -> Bool {
        var status = stat()
        guard stat(data, &status) == 0, status.st_mode & 0o777 != 0o700 else { return false }
        return ["ibdata1", "aria_log_control"].allSatisfy { name in
            FileManager.default.contents(atPath: "\(data)/\(name)")?.starts(with: Data("lvmbackup: ".utf8)) != true
        }
    }

    /// - Parameter remove: removes the target, or its content.
    private func expectFinishes(
        _ set: TreeSet,
        _ moment: String,
        remove: (String) async throws -> Void = { try FileManager.default.removeItem(atPath: $0) }
    ) async throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: set.target)) ?? []  // it may be missing
        if names.isEmpty || names.contains(".lvmbackup-incomplete") {
            await #expect(throws: Never.self, "\(moment)") { try await set.restore.run() }
        }
        let differences = try await set.differences()
        #expect(differences == [], "\(moment)")
        let left = try FileManager.default.subpathsOfDirectory(atPath: set.target).filter { $0.contains("lvmbackup") }
        #expect(left == [], "\(moment)")
        try await remove(set.target)
    }
}
