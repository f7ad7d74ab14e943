import Host
import Lifecycle
import Testing

@testable import MySQL

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct OriginGuardTests {
    private let scratch: ScratchDirectory
    private let paths: CopyPaths

    /// A data directory that the server names by a symbolic link.
    init() throws {
        scratch = try ScratchDirectory()
        let isMade = mkdir(scratch.path + "/real", 0o700) == 0
        try #require(isMade)
        let isLinked = symlink(scratch.path + "/real", scratch.path + "/link") == 0
        try #require(isLinked)
        let volume = Volume(
            group: "g",
            name: "v",
            device: "/dev/g/v",
            deviceNumber: "511:77",
            size: 1,
            free: 1,
            filesystem: "xfs"
        )
        let datadir = DataPath(role: .datadir, path: scratch.path + "/link", pathOnVolume: "")
        paths = try CopyPaths(
            location: Location(volume: volume, paths: [datadir]),
            mount: Mount(path: scratch.path, mountPoint: scratch.path, release: Release("mount")),
            server: Server(flavour: "mariadb", version: "10.11", datadir: scratch.path + "/link")
        )
    }

    /// The root directory, and one mount below it.
    private func mounts(_ mountPoint: String, _ device: DeviceNumber) throws -> MountInfo {
        let lines = [
            "1 0 511:1 / / rw - ext4 /dev/root rw", "2 1 \(device) / \(mountPoint) rw - xfs /dev/x rw",
        ]
        return try MountInfo(parsing: Array(lines.joined(separator: "\n").utf8))
    }

    @Test func `a data directory behind a symbolic link leads to the copy`() throws {
        let copy = try FileIdentity(of: scratch.path).device
        let mounts = try mounts(scratch.path + "/real", copy)
        try OriginGuard(paths: paths).check(mounts)
        #expect(paths.directories.isEmpty)
    }

    @Test func `a data directory that is not covered by the copy is refused`() throws {
        let mounts = try mounts("/elsewhere", FileIdentity(of: scratch.path).device)
        let reason = "\"\(scratch.path)/real\" does not lead to the copy"
        #expect(throws: MySQLError.originReachable(reason)) { try OriginGuard(paths: paths).check(mounts) }
    }

    @Test func `a mount of the live volume is refused`() throws {
        let mounts = try mounts("/elsewhere", paths.origin)
        #expect(throws: MySQLError.originReachable("it is still mounted at \"/elsewhere\"")) {
            try OriginGuard(paths: paths).check(mounts)
        }
    }
}
