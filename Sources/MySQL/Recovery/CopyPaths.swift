import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Where paths of the origin are in the copy, and how the copy is laid over them.
struct CopyPaths: Sendable {
    /// The origin's mounts, in our namespace and in the server's.
    let entries: [MountInfo.Entry]
    /// Those of ours that have to go first.
    let ownMountPoints: [[UInt8]]
    let origin: DeviceNumber
    let mount: Mount
    /// As the server names it, and without symbolic links.
    let datadir: String
    let realDatadir: String
    /// Directories of data outside the data directory.
    let directories: [String]

    /// - Throws: `HostError`, or ``MySQLError/originReachable(_:)`` where the volume has no device number.
    init(location: Location, mount: Mount, server: Server) throws {
        guard let origin = DeviceNumber(location.volume.deviceNumber) else {
            throw MySQLError.originReachable("the device number of the volume is not known")
        }
        let own = try MountInfo.read().entries(of: origin)
        let servers = server.process.flatMap { ProcessTable().mounts(of: $0.pid) }?.entries(of: origin) ?? []
        var seen: Set<String> = []
        entries = (own + servers).filter { seen.insert($0.mountPoint).inserted }
        ownMountPoints = own.filter { $0.mountPoint != "/" }.map(\.mountPointBytes)
        self.origin = origin
        self.mount = mount
        datadir = server.datadir
        realDatadir = Self.resolved(server.datadir)
        directories = Self.directories(of: location, outside: realDatadir)
    }

    private static func directories(of location: Location, outside datadir: String) -> [String] {
        let paths = location.paths.map { resolved($0.path) }
        return Set(paths.map { isDirectory($0) ? $0 : FilePath.directory(of: $0) })
            .filter { !FilePath.isInside($0, datadir) }.sorted()
    }

    /// Where a path of the origin is in the copy; nil where it isn't on the volume.
    func inCopy(_ path: String) -> String? {
        if FilePath.isInside(path, datadir) { return mount.path + path.dropFirst(datadir.count) }
        let path = Self.resolved(path)
        let covering = entries.filter { FilePath.isInside(path, $0.mountPoint) }
        guard let entry = covering.max(by: { $0.mountPoint.count < $1.mountPoint.count }) else { return nil }
        return FilePath.normalized(mount.mountPoint + "/" + entry.pathOnFileSystem(path))
    }

    /// The copy over every mount point of the origin. The root directory can't be covered: there, it is every
    /// directory of data.
    var binds: [Bind] {
        let mounts = entries.filter { $0.mountPoint != "/" }
            .map { Bind(source: FilePath.normalized(mount.mountPoint + "/" + $0.root), target: $0.mountPoint) }
        return (mounts + (isRootFileSystem ? directoryBinds : []))
            .filter { Self.isDirectory($0.source) && Self.isDirectory($0.target) }
            .sorted { $0.target.count < $1.target.count }
    }

    private var directoryBinds: [Bind] {
        let datadirBind = Bind(source: mount.path, target: realDatadir)
        return [datadirBind]
            + directories.compactMap { target in inCopy(target).map { Bind(source: $0, target: target) } }
    }

    /// Whether the origin is the file system of the root directory.
    var isRootFileSystem: Bool { entries.contains { $0.mountPoint == "/" } }

    /// Without symbolic links, as far as it exists here.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    private static func isDirectory(_ path: String) -> Bool {
        // What can't be looked at is none.
        (try? FileIdentity(of: path).isDirectory) ?? false
    }
}
