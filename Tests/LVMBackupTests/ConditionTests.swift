import Archive
import Foundation
import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import LVMBackup

@Suite struct `A recorded undo` {
    @Test func `waits for the directory that it was written for`() throws {
        let scratch = try ScratchDirectory()
        let directory = scratch.path
        var status = stat()
        try #require(stat(directory, &status) == 0)
        let inode = UInt64(status.st_ino)
        func entry(_ inode: UInt64, _ path: String, _ fileSystem: String? = nil) -> RecordedUndo {
            let condition = Release.Condition(directory: path, inode: inode, fileSystem: fileSystem)
            return RecordedUndo(.exec(["rm"]), for: .hook, only: condition)
        }
        try entry(inode, directory).checkCondition()
        try RecordedUndo(.exec(["rm"]), for: .hook).checkCondition()
        #expect(throws: SettingsError.self) { try entry(inode + 1, directory).checkCondition() }
        try entry(inode, directory, FileSystemIdentity.text(of: directory)).checkCondition()
        let other = FileSystemIdentity.text(of: "/proc")
        #expect(throws: SettingsError.self) { try entry(inode, directory, other).checkCondition() }
        #expect(throws: SettingsError.self) { try entry(inode, directory + "/gone").checkCondition() }
    }

    @Test func `has as long as a release may ask for, and is not killed`() async throws {
        let script = CommandScript()
        script.on("restic", say: "")
        let runner = UndoRunner(commands: script.commands, database: Technologies(Configuration()).database)
        try await runner.run(.exec(["restic", "forget", "x"]))
        let asked = try #require(script.asked.first)
        #expect(asked.deadline == .seconds(600))
        #expect(asked.ending == .terminateOnly)
    }
}
