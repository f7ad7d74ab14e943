import Host
import Lifecycle

/// The places of the origin's paths in the copy, and the mounts that lay the copy over them.
///
/// Paths are those of the server's process, in its root directory and its mount namespace.
struct CopyPaths: Sendable {
    /// The origin's mounts in which data lies, in the server's namespace.
    let entries: [MountInfo.Entry]
    let origin: DeviceNumber
    let mount: Mount
    /// As the server names it, and without symbolic links.
    let datadir: String
    let realDatadir: String
    /// Directories of data outside the data directory, without symbolic links.
    let directories: [String]
    /// The server's files with the copy in the place of the origin.
    let tree: CopiedTree

    /// - Throws: `HostError`, or ``MySQLError/originReachable(_:)`` where the volume has no device number.
    init(location: Location, mount: Mount, server: Server) throws {
        guard let origin = DeviceNumber(location.volume.deviceNumber) else {
            throw MySQLError.originReachable("the device number of the volume is not known")
        }
        let view = try ProcessView(pid: server.process?.pid)
        self.origin = origin
        self.mount = mount
        tree = try CopiedTree(view, origin: origin, mountPoint: mount.mountPoint)
        datadir = server.datadir
        realDatadir = try Self.realPath(server.datadir, tree) ?? server.datadir
        directories = try Self.directories(of: location, outside: realDatadir, tree)
        let links = location.paths.filter { $0.role == .link }.map { FilePath.directory(of: $0.path) }
        let places = [realDatadir] + directories + links
        entries = view.mounts.entries(of: origin)
            .filter { entry in places.contains { view.mounts.covering($0)?.id == entry.id } }
    }

    private static func realPath(_ path: String, _ tree: CopiedTree) throws -> String? {
        guard case .file(let file) = try tree.resolve(FileName(path)).end else { return nil }
        return file.path.text
    }

    private static func directories(of location: Location, outside datadir: String, _ tree: CopiedTree) throws
        -> [String]
    {
        var directories: Set<String> = []
        // A link means the same in the live directory.
        for data in location.paths where data.role != .temporary && data.role != .link {
            let path = try data.realPath ?? realPath(data.path, tree) ?? data.path
            // A file that came or went since it was found is in the copy or is not.
            guard let file = try tree.look(at: FileName(path)) else { continue }
            let directory = file.status.isDirectory ? path : FilePath.directory(of: path)
            if !FilePath.isInside(directory, datadir), directory != "/" { directories.insert(directory) }
        }
        return directories.sorted()
    }

    /// Where a path of the origin is in the copy; nil where it is not on the volume.
    ///
    /// It need not exist yet.
    ///
    /// - Throws: `HostError`.
    func inCopy(_ path: String) throws -> String? {
        let end =
            switch try tree.resolve(FileName(path)).end {
            case .file(let file): file.path
            case .missing(let place) where place.last == FileName(path).last: place
            case .missing, .looping, .denied: FileName?.none
            }
        guard let end = end?.text, let entry = tree.mounts.covering(end), entry.device == origin else { return nil }
        return FilePath.normalized(mount.mountPoint + "/" + entry.pathOnFileSystem(end))
    }

    /// The copy over every mount point of the origin.
    ///
    /// The root directory cannot be covered: there, it is every directory of data.
    var binds: [Bind] {
        get throws {
            let mounts = entries.filter { $0.mountPoint != "/" }
                .map { Bind(source: FilePath.normalized(mount.mountPoint + "/" + $0.root), target: $0.mountPoint) }
            return (mounts + (isRootFileSystem ? try directoryBinds : []))
                .filter { Self.isDirectory($0.source) }
                .sorted { $0.target.count < $1.target.count }
        }
    }

    private var directoryBinds: [Bind] {
        get throws {
            try [Bind(source: mount.path, target: realDatadir)]
                + directories.compactMap { target in try inCopy(target).map { Bind(source: $0, target: target) } }
        }
    }

    /// Whether the origin is the file system of the root directory.
    var isRootFileSystem: Bool { entries.contains { $0.mountPoint == "/" } }

    private static func isDirectory(_ path: String) -> Bool {
        // A path that cannot be looked at is not one of these.
        (try? FileIdentity(of: path).isDirectory) ?? false
    }
}
