import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct RestoreTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    /// The members of the awkward tree that a restore changes or leaves out, by design.
    private static let changed = ["modes/a", "dangling", "character", "block"]

    private func unexpected(_ first: String, _ second: String) async throws -> [String] {
        try await difference(first, second).filter { line in
            !Self.changed.contains { line.hasPrefix("- ./\($0) ") || line.hasPrefix("+ ./\($0) ") }
        }
    }

    @Test(arguments: [Compression.standard, .gzip(level: 1), .none])
    func `a restored tree equals the backed-up one`(compression: Compression) async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, compression)
        let target = try directory.directory("target")
        let report = try await restore(place, to: target)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
        #expect(report.isChecked)
        #expect(report.kept == 0)
        #expect(report.leftOut.contains { $0.name == "./dangling" })
        #expect(try memberNames(target).filter { $0.contains("lvmbackup") } == [])
    }

    /// Files of an earlier server, which a forced restore leaves alone.
    @Test(arguments: ["ibdata1", "aria_log_control"])
    func `a file that the set does not have stays, also under a name that keeps servers from starting`(name: String)
        async throws
    {
        let fixture = try await ArchiveFixture(directory)
        try await shell(
            "rm ibdata1; echo set > ib_logfile0; touch ibdata1 aria_log_control; rm \(name)",
            in: fixture.data
        )
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        try await shell("echo old > ibdata1; echo old > aria_log_control", in: target)
        try await restore(SetPlace(destination: fixture.backups, name: fixture.runID), to: target)
        let (other, old) = (name == "ibdata1" ? "aria_log_control" : "ibdata1", target + "/" + name)
        #expect(try String(contentsOfFile: old, encoding: .utf8) == "old\n")
        #expect(try FileStatus(of: RawPath("\(target)/\(other)")).size == 0)
        #expect(try memberNames(target) == ["aria_log_control", "ib_logfile0", "ibdata1"])
    }

    @Test(arguments: ["chmod 500 '#innodb_redo' db", "chmod 555 ."])
    func `directories that are read-only in the end get their files all the same`(script: String) async throws {
        let fixture = try await ArchiveFixture(directory)
        let files = "mkdir '#innodb_redo' db; echo 1 > '#innodb_redo/#ib_redo7'; echo 2 > db/mysql.ibd; echo 3 > db/t"
        try await shell("\(files); echo 4 > aria_log_control; ln -s t db/l; \(script)", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let place = SetPlace(destination: fixture.backups, name: fixture.runID)
        let target = try directory.directory("target")
        try await restore(place, to: target)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
        try await shell("chmod -R u+w '\(fixture.data)' '\(target)'")
    }

    @Test func `one thread restores the same as many`() async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        for threads in [1, 7] {
            let target = try directory.directory("target\(threads)")
            try await restore(place, to: target, threads: threads)
            let different = try await unexpected(fixture.data, target)
            #expect(different == [])
        }
    }

    @Test func `set-user-ID is taken away, and nothing is a device`() async throws {
        let (_, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let target = try directory.directory("target")
        let report = try await restore(place, to: target)
        #expect(try FileStatus(of: RawPath(target + "/modes/a")).mode & 0o7777 == 0o751)
        #expect(report.leftOutCount == (AwkwardTree.isRoot ? 3 : 1))
        #expect(try !memberNames(target).contains("block"))
    }

    @Test(arguments: [
        "mkdir ibdata1; echo 1 > ibdata1/t.ibd", "mkdir -p ibdata1/ibdata1", "ln -s x ibdata1", "mkfifo ibdata1",
        "mkdir aria_log_control; echo 1 > aria_log_control/t", "ln -s x aria_log_control", "echo 1 > aria_log_control",
        "mkdir aria_log_control ibdata1",
    ])
    func `a member of another kind has the name that keeps servers from starting`(script: String) async throws {
        let fixture = try await ArchiveFixture(directory)
        try await shell("rm ibdata1; \(script)", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        let place = SetPlace(destination: fixture.backups, name: fixture.runID)
        let marker = RestoreJob.identity(of: try await place.open()) + "\n"
        for isSecond in [false, true] {
            if isSecond { try Data(marker.utf8).write(to: URL(filePath: target + "/.lvmbackup-incomplete")) }
            try await restore(place, to: target)
            let different = try await difference(fixture.data, target)
            #expect(different == [])
        }
    }

    @Test func `further names of a member that is left out are left out, too`() async throws {
        let fixture = try await ArchiveFixture(directory)
        let nodes = AwkwardTree.isRoot ? "mknod device b 7 1; ln device deep/other-device" : ":"
        try await shell("mkdir deep; ln -s ../elsewhere link; ln link deep/other; \(nodes)", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        let place = SetPlace(destination: fixture.backups, name: fixture.runID)
        let report = try await restore(place, to: target)
        // The walk may come to the deeper name first, which leads nowhere outside.
        #expect(report.leftOutCount >= (AwkwardTree.isRoot ? 3 : 1))
        #expect(try memberNames(target).allSatisfy { $0 != "link" && $0 != "device" })
    }

    /// A list that new directories inherit does here what the command's mask does.
    @Test func `directories that are no members are open to the owners of those below`() async throws {
        let target = try directory.directory("target")
        try await shell("setfacl -d -m u::rwx,g::---,o::--- .", in: target)
        let tar = HandmadeTar()
        tar.add("./.lvmbackup/outside/srv/vol/t.ibd", mode: 0o640, content: [1])
        tar.add("./shop/", .directory, mode: 0o700)
        tar.add("./shop/deep/t.ibd", content: [1])
        try tar.write(to: directory.path("parents.tar"))
        try await restoreStream(directory.path("parents.tar"), to: target)
        let listing = "find . -mindepth 1 -type d -printf '%p %m %u\\n' | sort; getfacl -Rpsn .lvmbackup"
        let modes = try await shell(listing, in: target)
        let user = try await shell("id -un").trimmingCharacters(in: .whitespacesAndNewlines)
        let open = [".lvmbackup", ".lvmbackup/outside", ".lvmbackup/outside/srv", ".lvmbackup/outside/srv/vol"]
        let expected = open.map { "\($0) 755" } + ["shop 700", "shop/deep 755"]
        #expect(modes == expected.map { "./\($0) \(user)\n" }.joined())
    }

    @Test(arguments: ["000", "013", "777"])
    func `a FIFO has its mode with any mask of the process`(mode: String) async throws {
        let fixture = try await ArchiveFixture(directory)
        try await shell("mkfifo fifo; chmod \(mode) fifo", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        try await restore(SetPlace(destination: fixture.backups, name: fixture.runID), to: target)
        #expect(
            try String(FileStatus(of: RawPath(target + "/fifo")).mode & 0o7777, radix: 8) == String(Int(mode) ?? -1)
        )
    }

    /// A script that takes features away that the tool's format lacks, and the tool.
    static let tools = [
        (":", "tar -cf - --xattrs --xattrs-include='*' --acls --format=pax -S ."),
        (":", "bsdtar --format=pax -cf - ."),
        (simplify, "tar -cf - --format=pax --sparse-version=0.1 -S ."),
        (simplify, "tar -cf - --format=pax --sparse-version=0.0 -S ."),
        (simplify, "tar -cf - --format=gnu -S ."),
    ]

    /// No attributes and lists, whole seconds.
    private static let simplify = """
        setfacl -Rbk .
        for name in user.simple user.binary; do setfattr -x $name plain/file; done; setfattr -x user.dir plain
        find . -depth -exec touch -h -d @1700000000 {} +
        """

    @Test(arguments: tools, ["zstd -q", "gzip -1", "cat"])
    func `archives of other tools are restored`(tool: (String, String), compressor: String) async throws {
        let source = try directory.directory("source")
        try await AwkwardTree.make(in: source)
        let packed = directory.path("packed.tar")
        try await shell(
            "rm -f socket; rm -rf lost+found; \(tool.0); \(tool.1) | \(compressor) > '\(packed)'",
            in: source
        )
        let target = try directory.directory("target")
        let report = try await restoreStream(packed, to: target)
        #expect(!report.isChecked)
        let different = try await unexpected(source, target)
        #expect(different == [])
    }

    @Test func `a stream is restored with its manifest, which a failed run's lacks`() async throws {
        var fixture = try await ArchiveFixture(directory)
        let path = directory.path("stream.tar.zst")
        let file = try output(path)
        fixture.archive.destination = .stream(descriptor: file.descriptor.number)
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        let report = try await restoreStream(path, to: target)
        #expect(report.manifest?.run == fixture.runID)
        #expect(try memberNames(target) == ["ibdata1"])
    }

    /// The server's user may give its files further names, or put a link in the place of one.
    @Test(arguments: [
        "ln ibdata1 aaa; ln ib_logfile0 zzz", "mkdir d; mv ibdata1 d/; ln -s d/ibdata1 ibdata1", "mkfifo mysql.ibd",
    ])
    func `files that get their names last may be links`(script: String) async throws {
        let fixture = try await ArchiveFixture(directory)
        try await shell("echo log > ib_logfile0; \(script)", in: fixture.data)
        #expect(await fixture.run().failure == nil)
        let target = try directory.directory("target")
        try await restore(SetPlace(destination: fixture.backups, name: fixture.runID), to: target)
        let different = try await difference(fixture.data, target)
        #expect(different == [])
    }

    @Test(
        arguments: [
            [-1, 0, 0, 1], [0o755, 0, 0, -1], [0o755, 0, 0, .max], [0o755, 0, 0, 5000], [1, 1, 1, 2],
        ] as [[Int64]]
    )
    func `a list of directories that others have written to is refused`(numbers: [Int64]) throws {
        let target = try directory.directory("target")
        let marker = try IncompleteMarker(set: "x").write(in: TargetTree(target))
        let ledger = DirectoryLedger(marker, start: IncompleteMarker.textSize)
        try ledger.add(MemberPath(RawPath("d")), mode: 0o755, modified: FileTime(seconds: 0, nanoseconds: 0))
        try ledger.visit { name, mode, _ in #expect("\(name)" == "d" && mode == 0o755) }
        let file = try FileHandle(forUpdating: URL(filePath: target + "/.lvmbackup-incomplete"))
        try file.seek(toOffset: IncompleteMarker.textSize)
        try file.write(contentsOf: numbers.flatMap { withUnsafeBytes(of: $0.littleEndian) { Array($0) } })
        #expect(throws: ArchiveError.self) { try ledger.visit { _, _, _ in } }
    }

    @Test func `a stream that does not come does not keep a restore from being cancelled`() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let (input, target) = (ends[0], try directory.directory("target"))
        let task = Task {
            try await RestoreJob(source: .stream(input, name: "a pipe"), target: target, keepsOwners: false).run()
        }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "another user's directory needs root"))
    func `no link of another user leads a restore elsewhere`() async throws {
        let (_, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let elsewhere = try directory.directory("elsewhere")
        let script = "mkdir others; ln -s ../elsewhere others/target; chown -hR 65534 others"
        try await shell(script, in: directory.path("."))
        await #expect(throws: ArchiveError.self) { try await restore(place, to: directory.path("others/target")) }
        #expect(try memberNames(elsewhere) == [])
    }

    // MARK: Interruptions

    @Test func `an interrupted restore is marked, starts no server, and goes on`() async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let target = try directory.directory("target")
        let archive = place.path + "/data.tar.zst"
        let good = try Data(contentsOf: URL(filePath: archive))
        var bad = good
        // In the last quarter, so that some files are whole by then.
        bad[good.count - good.count / 4] ^= 0x40
        try bad.write(to: URL(filePath: archive))
        await #expect(throws: ReadError.self) { try await restore(place, to: target) }
        #expect(try memberNames(target).contains(".lvmbackup-incomplete"))
        for name in ["ibdata1", "aria_log_control"] {
            #expect(try String(contentsOfFile: target + "/" + name, encoding: .utf8) == LastNames.placeholderText)
        }

        try good.write(to: URL(filePath: archive))
        let report = try await restore(place, to: target)
        #expect(report.kept > 0)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
        #expect(try memberNames(target).filter { $0.contains("lvmbackup") } == [])
    }

    @Test(arguments: [0.0, 0.2, 0.5, 0.8])
    func `a cancelled restore goes on`(part: Double) async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let target = try directory.directory("target")
        let total = Double(try fixture.manifest(place.name).archive?.sourceBytes ?? 0)
        let files = try await place.open()
        let task = Monitor<Task<RestoreReport, any Error>?>(nil)
        let job = RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot) { bytes in
            if Double(bytes) >= total * part { task.read { $0?.cancel() } }
        }
        task.change { $0 = Task { try await job.run() } }
        let running = task.read { $0 }
        // The restore may have ended before it heard of the cancellation.
        _ = await running?.result
        try await restore(place, to: target)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
    }

    @Test func `data to which binary logs are to be applied stays marked until they are`() async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let target = try directory.directory("target")
        let files = try await place.open()
        var job = RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot)
        job.isBeforeReplay = true
        _ = try await job.run()
        #expect(try RestoreJob.unfinished(in: target).map(RestoreJob.isReplay) == true)
        #expect(try String(contentsOfFile: target + "/ibdata1", encoding: .utf8) != LastNames.placeholderText)
        try RestoreJob.endReplay(in: target)
        #expect(try RestoreJob.unfinished(in: target) == nil)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
    }

    @Test func `files that a finished part has with other content are written again`() async throws {
        let (fixture, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        let target = try directory.directory("target")
        let files = try await place.open()
        let marker = RestoreJob.identity(of: files) + "\n"
        try await shell("mkdir plain; echo two > plain/file; echo 12345 > large; echo one > ibdata1", in: target)
        try Data(marker.utf8).write(to: URL(filePath: target + "/.lvmbackup-incomplete"))
        try await restore(place, to: target)
        let different = try await unexpected(fixture.data, target)
        #expect(different == [])
    }
}
