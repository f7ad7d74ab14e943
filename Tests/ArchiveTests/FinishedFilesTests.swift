import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Restores that go on in a target to which another user can write.
@Suite struct FinishedFilesTests {
    private let directory: ScratchDirectory
    private let target: String

    init() throws {
        directory = try ScratchDirectory()
        target = try directory.directory("target")
    }

    /// A set of two files, and a target that holds one of them as an interrupted restore left it.
    private func interrupted() async throws -> SetFiles {
        let fixture = try await ArchiveFixture(directory)
        try await shell("echo content > file; chmod 644 file", in: fixture.data)
        if let failure = await fixture.run().failure { throw failure }
        let files = try await SetPlace(destination: fixture.backups, name: fixture.runID).open()
        try await shell("echo content > file; chmod 600 file", in: target)
        try Data("\(RestoreJob.identity(of: files))\n".utf8)
            .write(to: URL(filePath: "\(target)/\(RestoreJob.markerName)"))
        return files
    }

    private func restore(_ files: SetFiles) async throws -> RestoreReport {
        try await RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot).run()
    }

    @Test func `a million finished files take 16 MB`() { #expect(MemoryLayout<FinishedFiles.Compared>.stride == 16) }

    @Test func `a finished file is taken over`() async throws {
        let files = try await interrupted()
        let before = try FileStatus(of: RawPath(target + "/file")).inode
        #expect(try await restore(files).kept == 1)
        #expect(try FileStatus(of: RawPath(target + "/file")).inode == before)
    }

    /// The exchange happens between the comparison and the moment at which the file gets its owner and mode.
    @Test(arguments: [
        "cp -p file new; mv new file", "ln file other", "mv ../other file", "ln ../other new; mv new file",
        "rm file; ln -s ../other file", "rm file; mkfifo file",
    ])
    func `a file in the place of a finished one is refused, and stays as it is`(exchange: String) async throws {
        let files = try await interrupted()
        try await shell("cp -p file ../other", in: target)
        let target = target
        await #expect(throws: (any Error).self) {
            _ = try await SetReading(files, threads: 1).run(
                into: { check in
                    let tree = try TargetTree(target)
                    let finished = try FinishedFiles(of: files, in: tree, check: check)
                    let marker = try IncompleteMarker(set: RestoreJob.identity(of: files)).write(in: tree)
                    #expect(finished.count == 1)
                    _ = try runShell(exchange, in: target)
                    return TreeWriter(tree, marker: marker, keepsOwners: AwkwardTree.isRoot, finished: finished)
                },
                onProgress: { _ in }
            )
        }
        // The member's mode is 644.
        let found = "find . ../other -type f -name '[fo]*' -printf '%m\\n' 2>/dev/null || :"
        let modes = try await shell(found, in: target)
        #expect(Set(modes.split(separator: "\n")) == ["600"])
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "another user's file needs root"))
    func `another user's file is written again`() async throws {
        let files = try await interrupted()
        try await shell("chown 65534 file", in: target)
        #expect(try await restore(files).kept == 0)
        #expect(try FileStatus(of: RawPath(target + "/file")).owner == 0)
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "another user's marker needs root"))
    func `another user's marker counts nothing as finished`() async throws {
        let files = try await interrupted()
        #expect(try RestoreJob.unfinished(in: target) == RestoreJob.identity(of: files))
        try await shell("chown 65534 \(RestoreJob.markerName)", in: target)
        #expect(try RestoreJob.unfinished(in: target) == nil)
        #expect(try await restore(files).kept == 0)
    }

    @Test func `a marker that has another name counts nothing as finished`() async throws {
        let files = try await interrupted()
        try await shell("ln \(RestoreJob.markerName) ../marker", in: target)
        #expect(try RestoreJob.unfinished(in: target) == nil)
        #expect(try await restore(files).kept == 0)
    }
}
