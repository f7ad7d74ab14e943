import FoundationEssentials
import Host
import Lifecycle
import Storage

#if canImport(Glibc)
    import Glibc
#endif

/// A directory as storage, whose snapshots are copies of it: a second implementation, which shows what a new one takes.
///
/// A file system with reflinks shares the blocks of both (`cp --reflink=auto`); others copy them under the lock.
struct DirectoryStorage: SnapshotStorage {
    /// The directory that is copied as a whole.
    let volume: String
    /// The directory of the copies, beside it.
    let copies: DirectoryCopies
    let needsRoot = false

    init(volume: String, copies: String) {
        self.volume = volume
        self.copies = DirectoryCopies(path: copies)
    }

    var locate: any StepProvider<Location> { DirectoryLocate(storage: self) }
    var snapshot: any StepProvider<Snapshot> { DirectorySnapshot(storage: self) }
    var mount: any StepProvider<Mount> { DirectoryMount() }
    var volumes: any OwnedVolumes { copies }

    func prepare(_ run: Run, _ volume: Volume, lock: RunLock) async throws {
        guard access(copies.path, W_OK | X_OK) == 0 else {
            throw Failure(.unsuitable, "the directory of the copies \"\(copies.path)\" cannot be written to")
        }
    }
}

private struct DirectoryLocate: StepProvider {
    let name = "directory"
    let storage: DirectoryStorage

    func provide(_ run: Run) async throws -> Provision<Location> {
        guard let server = run.server else { return .declined("no server is known") }
        guard let process = server.process else {
            throw StorageError.notTheServer(reason: "its process on this host is not known")
        }
        return try await SerialThread.looking(name: "locate") {
            let locator = try DataLocator(server)
            let datadir = try locator.datadir()
            let top = try locator.view.file(storage.volume)
            let (here, elsewhere) = try locator.sort(on: datadir.mount.device)
            let paths = here.compactMap { $0.below(top.pathOnFileSystem) }
            let outside =
                here.filter { $0.below(top.pathOnFileSystem) == nil }.map(\.path) + elsewhere.map { $0.0.path }
            guard outside.isEmpty else {
                throw StorageError.scattered(volume: storage.volume, others: outside.map { "\"\($0)\"" })
            }
            try locator.prove(process, on: datadir.mount.device, table: ProcessTable())
            let volume = Volume(
                group: "directory",
                name: storage.volume,
                device: storage.volume,
                size: try FileSystemRoom(at: storage.volume).usedBytes,
                free: try FileSystemRoom(at: storage.copies.path).freeBytes,
                filesystem: datadir.mount.fileSystem
            )
            return .result(Location(volume: volume, paths: paths))
        }
    }

    func plan(_ run: Run) async throws -> [String] { [] }
}

extension DataPath {
    /// The same path from a directory of the file system; nil for a path outside of it.
    fileprivate func below(_ directory: String) -> DataPath? {
        guard ("/" + pathOnVolume).isBelow("/" + directory) else { return nil }
        var path = self
        path.pathOnVolume = String(pathOnVolume.dropFirst(directory.count).drop { $0 == "/" })
        return path
    }
}

private struct DirectorySnapshot: StepProvider {
    let name = "directory"
    let storage: DirectoryStorage

    func provide(_ run: Run) async throws -> Provision<Snapshot> {
        guard let volume = run.location?.volume else { return .declined("no volume is known") }
        let copy = DirectoryCopy(name: "copy-\(run.id)", in: storage.copies.path)
        let marks = DirectoryCopy.Marks(run: run.id, identity: try Identity.current(), origin: volume.fullName)
        let command = Command("cp", copying(to: copy))
        let result: CommandResult
        do {
            try copy.write(marks)
            result = try await Commands.system.run(command)
            try result.checked(command)
        } catch {
            run.undo(Release("unfinished copy \"\(copy.name)\"", undo: .exec(copy.removal)) { try copy.remove() })
            throw error
        }
        return .result(
            Snapshot(
                name: copy.name,
                device: copy.path,
                creationSeconds: result.duration.inSeconds,
                check: { try copy.check() },
                keep: { try copy.keep() },
                release: Release("copy \"\(copy.name)\"", undo: .exec(copy.removal), handler: { try copy.remove() })
            )
        )
    }

    func plan(_ run: Run) async throws -> [String] {
        let copy = DirectoryCopy(name: "copy-\(run.id)", in: storage.copies.path)
        return [(["cp"] + copying(to: copy)).map(quotedForShell).joined(separator: " ")]
    }

    private func copying(to copy: DirectoryCopy) -> [String] {
        ["--archive", "--reflink=auto", "--", storage.volume, copy.path]
    }
}

private struct DirectoryMount: StepProvider {
    let name = "directory"

    func provide(_ run: Run) async throws -> Provision<Mount> {
        guard let snapshot = run.snapshot, let location = run.location, let server = run.server else {
            return .declined("no snapshot is known")
        }
        guard let data = location.paths.first(where: { $0.role == .datadir }) else {
            throw StorageError.wrongMount(snapshot.device, reason: "the data directory's place is not known")
        }
        let path = data.pathOnVolume.isEmpty ? snapshot.device : "\(snapshot.device)/\(data.pathOnVolume)"
        // A copy has inodes of its own: the names are the proof.
        for file in server.process?.openFiles ?? [] where file.isBelow(server.datadir) {
            let name = FileName(String(file.dropFirst(server.datadir.count).drop { $0 == "/" }))
            guard try HeldDirectory(path).status(of: name) != nil else {
                throw StorageError.wrongMount(path, reason: "\"\(name)\" is missing in it")
            }
        }
        return .result(Mount(path: path, mountPoint: snapshot.device, release: Release("mount") {}))
    }

    func plan(_ run: Run) async throws -> [String] { [] }
}
