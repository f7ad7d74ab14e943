import Glibc
import TestSupport
import Testing

@testable import Host

@Suite(.enabled(if: geteuid() == 0, "needs root")) struct IntruderTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        chmod(scratch.path, 0o755)
    }

    @Test func `processes on a file system are found by files, directories and mappings, and ended`()
        async throws
    {
        let place = scratch.path + "/mount"
        mkdir(place, 0o755)
        #expect(mount("scratch", place, "tmpfs", 0, nil) == 0)
        defer { umount2(place, Int32(MNT_DETACH)) }
        close(try Descriptors.create(place + "/file", text: "text"))
        chmod(place, 0o777)
        let library = "ldconfig -p | sed -n 's/.*libm[.]so[.]6 .*=> //p' | head -n 1"
        let copying = "cp $(\(library)) \(place)/library; chmod 755 \(place)/*"
        #expect(try await IsolatedProcess(.init("sh", ["-c", copying])).wait() == .exited(0))
        let holds = [
            "cd \(place)", "exec 7<\(place)/file", "exec 7<\(place)", "export LD_PRELOAD=\(place)/library",
        ]
        // Daemons: a descendant of the test would be its own.
        for hold in holds {
            let script = "setsid setpriv --reuid 65534 --clear-groups sh -c '\(hold); exec sleep 300' & exit 0"
            _ = try await IsolatedProcess(.init("sh", ["-c", script])).wait()
        }
        let device = try FileIdentity(of: place).device
        let holders = try await SerialThread.once(name: "end") {
            for _ in 0..<200 {
                let found = try Intruders(on: device).find(until: .now + .seconds(5))
                if found.filter({ $0.command == "sleep" }).count == holds.count { break }
                usleep(20_000)
            }
            // Mounted elsewhere, too, it is not the run's alone: no process is ended.
            let other = place + "2"
            mkdir(other, 0o755)
            #expect(mount(place, other, nil, UInt(MS_BIND), nil) == 0)
            #expect(try Intruders(at: place).map { _ in true } == nil)
            umount2(other, 0)
            return try Intruders(at: place)?.end() ?? []
        }
        #expect(holders.count == holds.count, "\(holders)")
        #expect(umount2(place, 0) == 0)
    }

    /// A process table as another user may fill it: many processes with many descriptors.
    private func crowd(_ processes: Int, descriptors: Int, users: String) throws -> ProcessTable {
        for pid in 1...processes {
            let path = "\(scratch.path)/proc/\(1_000_000 + pid)"
            try FileSystem.ensurePrivateTree(path + "/fd")
            close(try Descriptors.create(path + "/status", text: "Name:\tsleep\nUid:\t\(users)\n"))
            close(try Descriptors.create(path + "/stat", text: "1 (sleep) S 1 1 \(String(repeating: "0 ", count: 40))"))
            for number in 0..<descriptors { symlink("/dev/null", "\(path)/fd/\(number)") }
        }
        return ProcessTable(root: scratch.path + "/proc")
    }

    @Test func `many descriptors of other users do not hold up the end of a run`() throws {
        let table = try crowd(20, descriptors: 2000, users: "65534\t65534\t65534\t65534")
        let intruders = Intruders(on: DeviceNumber(major: 250, minor: 250), table: table)
        // The fastest of three: on a busy machine a thread may wait longer for its turn than the looks take.
        var times: [Duration] = []
        for _ in 0..<3 {
            let start = ContinuousClock.now
            #expect(try intruders.end(limit: .milliseconds(20)).isEmpty)
            #expect(try table.holders(of: DeviceNumber(major: 250, minor: 250), limit: .milliseconds(20)).isEmpty)
            times.append(ContinuousClock.now - start)
        }
        let fastest = try #require(times.min())
        #expect(fastest < .milliseconds(300))
    }

    /// By PR_SET_MM_MAP any program can show neither environment nor arguments, as one in the middle of exec.
    @Test func `processes without environment and arguments do not hold up the search for a run's`() throws {
        let table = try crowd(200, descriptors: 0, users: "65534\t65534\t65534\t65534")
        for pid in try table.pids {
            let path = "\(scratch.path)/proc/\(pid)"
            for name in ["environ", "cmdline"] { close(try Descriptors.create(path + "/" + name)) }
            symlink("/bin/sleep", path + "/exe")
        }
        let start = ContinuousClock.now
        #expect(try RunProcesses(run: "r", awaiting: [], table: table).find(beside: nil).living.isEmpty)
        // Each alone is waited for a tenth of a second.
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func `the search for an open file ends in time, or with the file`() throws {
        let table = try crowd(1, descriptors: 2000, users: "65534\t65534\t65534\t65534")
        let start = ContinuousClock.now
        #expect(throws: HostError.self) { try table.hasOpen(1_000_001, until: .now) { _ in false } }
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(try table.hasOpen(1_000_001, until: .now + .seconds(60)) { $0.hasSuffix("/fd/1999") })
        #expect(try !table.hasOpen(1_000_001, until: .now + .seconds(60)) { $0.hasSuffix("/fd/2000") })
        #expect(try !table.hasOpen(1_000_002, until: .now + .seconds(60)) { _ in true })
    }

    /// The first thread of a process may end alone: its entries in `/proc` are empty then.
    @Test(arguments: ["fd/0", "cwd", "root", "exe"]) func `a stranger is found by the files of any thread`(link: String)
        throws
    {
        let table = try crowd(1, descriptors: 0, users: "65534\t65534\t65534\t65534")
        let thread = "\(scratch.path)/proc/1000001/task/1000002"
        try FileSystem.ensurePrivateTree(thread + "/fd")
        let device = try FileIdentity(of: "/dev/null").device
        #expect(try Intruders(on: device, table: table).find(until: .now + .seconds(5)).isEmpty)
        symlink("/dev/null", "\(thread)/\(link)")
        let found = try Intruders(on: device, table: table).find(until: .now + .seconds(5))
        #expect(found.map(\.grip) == [.file("/dev/null")])
    }

    @Test func `a stranger is found by what any thread has mapped`() throws {
        let table = try crowd(1, descriptors: 0, users: "65534\t65534\t65534\t65534")
        let thread = "\(scratch.path)/proc/1000001/task/1000002"
        try FileSystem.ensurePrivateTree(thread)
        close(try Descriptors.create(thread + "/maps", text: "7f00-7f01 r--p 0000 07:2a 17 /data/file\n"))
        let intruders = Intruders(on: DeviceNumber(major: 7, minor: 42), table: table)
        #expect(try intruders.find(until: .now + .seconds(5)).map(\.grip) == [.file("/data/file")])
    }

    @Test(arguments: [
        ("65534\t65534\t65534\t65534", true), ("65534\t0\t0\t0", true), ("0\t0\t0\t0", false),
    ])
    func `a set-user-ID program of another user is a stranger, too`(users: String, isStranger: Bool) throws {
        let table = try crowd(1, descriptors: 1, users: users)
        let device = try FileIdentity(of: "/dev/null").device
        #expect(try Intruders(on: device, table: table).find(until: .now + .seconds(5)).isEmpty != isStranger)
    }
}
