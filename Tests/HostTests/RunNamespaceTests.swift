import Glibc
import TestSupport
import Testing

@testable import Host

/// A run that lived from tick 100 to tick 200, in a namespace whose number somebody else has got meanwhile.
struct RunNamespaceTests {
    let scratch: ScratchDirectory
    let namespace = RunNamespace(inode: 7, process: 4000, group: 4000, lifetime: 100...200)

    init() throws { scratch = try ScratchDirectory() }

    private func add(_ pid: Int32, parent: Int32, group: Int32? = nil, start: UInt64, inode: UInt64 = 7) throws {
        let directory = "\(scratch.path)/\(pid)"
        mkdir(directory, 0o700)
        mkdir(directory + "/ns", 0o700)
        symlink("mnt:[\(inode)]", directory + "/ns/mnt")
        let rest = Array(repeating: "0", count: 16).joined(separator: " ")
        let stat = "\(pid) (a) b) S \(parent) \(group ?? pid) \(rest) \(start) 0"
        close(try Descriptors.create(directory + "/stat", text: stat))
    }

    private func processes() -> RunProcesses {
        RunProcesses(run: "r", namespace: namespace, awaiting: [], table: ProcessTable(root: scratch.path))
    }

    @Test func `a later process with the namespace's number is not the run's`() throws {
        try add(4001, parent: 4000, start: 150)
        try add(4002, parent: 4001, start: 160)
        try add(4003, parent: getppid(), start: 170)
        // Before the run and after it.
        try add(4004, parent: getppid(), start: 99)
        try add(4005, parent: getppid(), start: 201)
        // The run itself, where it lives still.
        try add(4000, parent: 2000, start: 100)
        // The next run, started by the same shell in the same moment, and a child of it.
        try add(3000, parent: 2000, start: 10, inode: 1)
        try add(4006, parent: 3000, start: 200)
        try add(4007, parent: 4006, start: 200)
        try add(4008, parent: 4000, start: 150, inode: 8)
        #expect(try processes().find(beside: nil).living.sorted() == [4000, 4001, 4002, 4003])
    }

    @Test func `processes that the run's processes start after its end are found, and no others`() throws {
        try add(4001, parent: 4000, start: 150)
        try add(4002, parent: 4000, group: 4000, start: 150)
        let known = try processes().find(beside: nil)
        try add(4003, parent: 4001, start: 300)
        // Its parent is gone already.
        try add(4004, parent: getppid(), group: 4001, start: 300)
        // Started in time, but it has come here since; and the next run, in the process group of the first.
        try add(4005, parent: getppid(), start: 150)
        try add(4006, parent: 3000, group: 4000, start: 300)
        #expect(try processes().find(beside: known).living.sorted() == [4001, 4002, 4003, 4004])
    }

    @Test func `the present is told in the unit of start times`() async throws {
        let before = ProcessLineage.now()
        let child = try IsolatedProcess(.init("sleep", ["30"]))
        let start = try #require(try ProcessTable().startTime(of: child.pid))
        await child.terminate()
        #expect((before...ProcessLineage.now()).contains(start))
    }
}
