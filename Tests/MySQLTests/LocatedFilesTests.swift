import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

/// The location names "data", "redo" and "logs" by their places, as `locate` does.
@Suite struct LocatedFilesTests {
    private let scratch: ScratchDirectory
    private let located: LocatedFiles

    init() throws {
        scratch = try ScratchDirectory()
        for name in ["data", "redo", "logs", "elsewhere", "far", "far/data"] { mkdir(scratch.path + "/" + name, 0o755) }
        symlink("far/data", scratch.path + "/link")
        symlink("logs", scratch.path + "/named")
        let top = scratch.path + "/"
        var paths = ["data", "redo", "far/data"].map {
            DataPath(role: .tablespace, path: top + $0, pathOnVolume: $0)
        }
        let (named, real) = (top + "named", top + "logs")
        paths.append(DataPath(role: .binlog, path: named, realPath: real, pathOnVolume: "logs"))
        located = LocatedFiles(Location(volume: .fake, paths: paths))
    }

    private func missing(_ name: String, seenBy pid: Int32? = getpid()) async throws -> Bool {
        let file = DataFile(role: .redoLog, path: scratch.path + "/" + name)
        let missing = try await located.missing([file], seenBy: pid)
        #expect(missing.isEmpty || missing == [file])
        return !missing.isEmpty
    }

    @Test(
        arguments: [
            ("data", true), ("data/../redo", true), ("data/../data/../redo", true), ("named", true), ("logs", true),
            ("data/../named", true), ("named/../redo", true), ("link", true), ("link/../data", true),
            ("elsewhere", false), ("data/../elsewhere", false), ("redo/../far", false), ("link/..", false),
        ]
    )
    func `a path is on the volume under each of its spellings`(name: String, isLocated: Bool) async throws {
        #expect(try await missing(name) == !isLocated)
    }

    @Test func `the text behind a link does not count`() async throws {
        mkdir(scratch.path + "/far/redo", 0o755)
        // By its text this would be "redo".
        #expect(try await missing("link/../redo"))
    }

    @Test func `a file that does not exist is on no other volume`() async throws {
        #expect(try await !missing("never/made"))
        #expect(try await missing("never/made", seenBy: nil))
    }

    @Test func `without a location all files are elsewhere`() async throws {
        let file = DataFile(role: .datadir, path: scratch.path + "/data")
        #expect(try await LocatedFiles(nil).missing([file], seenBy: getpid()) == [file])
    }
}
