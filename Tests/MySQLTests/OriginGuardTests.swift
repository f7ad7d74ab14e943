import Host
import Lifecycle
import TestSupport
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
        paths = try Self.paths(scratch, origin: "511:77")
    }

    private static func paths(_ scratch: ScratchDirectory, origin: String) throws -> CopyPaths {
        let volume = Volume(
            group: "g",
            name: "v",
            device: "/dev/g/v",
            deviceNumber: origin,
            size: 1,
            free: 1,
            filesystem: "xfs"
        )
        let datadir = DataPath(role: .datadir, path: scratch.path + "/link", pathOnVolume: "")
        return try CopyPaths(
            location: Location(volume: volume, paths: [datadir]),
            mount: Mount(path: scratch.path, mountPoint: scratch.path, release: Release("mount") {}),
            server: Server(flavour: "mariadb", version: "10.11", datadir: scratch.path + "/link")
        )
    }

    private func namespace(_ covers: [NamespaceCopy.Cover]) async throws -> NamespaceCopy {
        try await NamespaceCopy.make(of: nil, without: paths.origin, covers: covers)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a data directory behind a symbolic link leads to the copy`() async throws {
        let cover = NamespaceCopy.Cover(try scratch.held, over: scratch.path + "/real")
        try OriginGuard(paths: paths).check(await namespace([cover]))
        #expect(paths.directories.isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a data directory that is not covered by the copy is refused`() async throws {
        // Another file system than that of the copy.
        let cover = NamespaceCopy.Cover(try HeldDirectory("/proc/sys"), over: scratch.path + "/real")
        let namespace = try await namespace([cover])
        let reason = "\"\(scratch.path)/real\" does not lead to the copy"
        #expect(throws: MySQLError.originReachable(reason)) { try OriginGuard(paths: paths).check(namespace) }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `a mount of the live volume is refused`() async throws {
        let namespace = try await namespace([])
        let place = scratch.path + "/live"
        mkdir(place, 0o700)
        #expect(mount("live", place, "tmpfs", 0, nil) == 0)
        defer { umount2(place, Int32(MNT_DETACH)) }
        let origin = try FileIdentity(of: place).device
        let guarded = OriginGuard(paths: try Self.paths(scratch, origin: "\(origin)"))
        let still = try await NamespaceCopy.make(of: nil, without: paths.origin, covers: [])
        #expect(throws: MySQLError.originReachable("it is still mounted at \"\(place)\"")) { try guarded.check(still) }
        // A namespace that was copied before has none.
        #expect(namespace.mounts.entries(of: origin) == [])
    }
}
