import Glibc
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
                if try Intruders(on: device).find().filter({ $0.command == "sleep" }).count == holds.count { break }
                usleep(20_000)
            }
            return try Intruders(on: device).end()
        }
        #expect(holders.count == holds.count, "\(holders)")
        #expect(umount2(place, 0) == 0)
    }
}
