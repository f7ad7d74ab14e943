package import Host
package import Lifecycle

/// Finds where a server's paths are, as the server itself sees them.
package struct DataLocator {
    let server: Server
    package let view: ProcessView

    /// - Throws: `HostError` where the process is gone or cannot be looked at.
    package init(_ server: Server) throws {
        self.server = server
        view = try ProcessView(pid: server.process?.pid)
    }

    /// - Throws: ``StorageError/notTheServer(reason:)`` where the name that the server says does not exist: the server
    ///   writes a name that is not UTF-8 in another way.
    package func datadir() throws -> ProcessView.File {
        do { return try view.file(server.datadir) } catch HostError.systemCall(_, _, Self.noSuchFile) {
            throw StorageError.notTheServer(
                reason: "there is no \"\(server.datadir)\", which it calls its data directory"
            )
        }
    }

    /// The mounts below the data directory that a backup cannot do without.
    package func nestedMounts(_ datadir: ProcessView.File) -> NestedMounts {
        let allowed = NestedMounts.Allowed(
            temporary: temporaryDirectories,
            logs: places(where: \.isStatementLog),
            data: Set(places { $0 == .tablespace })
        )
        return NestedMounts(datadir.path, on: datadir.mount.device, besides: allowed, in: view.mounts) { path in
            // A mount that cannot be looked at is refused as a directory.
            (try? view.file(path).identity.isDirectory) ?? true
        }
    }

    /// The directories, and the files, of temporary data, free of symbolic links.
    var temporaryDirectories: [String] { places { $0 == .temporary } }

    /// The directories, and the files, of some roles, free of symbolic links.
    private func places(where isMeant: (DataFile.Role) -> Bool) -> [String] {
        // A directory that is not there holds no mount.
        server.files.filter { isMeant($0.role) }.compactMap { try? view.file($0.path).path }
    }

    /// Sorts paths: those on the device of the data directory, and required ones on other devices.
    ///
    /// - Throws: ``StorageError/notTheServer(reason:)``, ``StorageError/idMapped(path:mountPoint:)``; `HostError`.
    package func sort(on device: DeviceNumber) throws -> (here: [DataPath], elsewhere: [(DataFile, ProcessView.File)]) {
        var here: [DataPath] = []
        var elsewhere: [(DataFile, ProcessView.File)] = []
        for data in [DataFile(role: .datadir, path: server.datadir)] + server.files {
            guard let file = try existing(data) else { continue }
            if file.mount.device == device {
                try file.mount.refuseMappedOwners(of: data.path)
                // The text of a path with ".." tells another place than the kernel where a symbolic link is on the way.
                let name = data.path.pathComponents.contains("..") ? file.path : data.path
                let path = DataPath(
                    role: data.role,
                    path: name,
                    realPath: file.path == name ? nil : file.path,
                    pathOnVolume: file.pathOnFileSystem,
                    names: data.names
                )
                if !here.contains(path) { here.append(path) }
            } else if data.isRequired {
                elsewhere.append((data, file))
            }
        }
        return (here, elsewhere)
    }

    /// Nil for a file that went away since the server named it, such as the tablespace of a dropped table.
    ///
    /// - Throws: ``StorageError/notTheServer(reason:)`` where there is no file that the server needs to start.
    private func existing(_ data: DataFile) throws -> ProcessView.File? {
        do {
            return try view.file(data.path, followsLast: data.role != .link)
        } catch HostError.systemCall(_, _, Self.noSuchFile) where data.mayVanish {
            return nil
        } catch HostError.systemCall(_, _, Self.noSuchFile) {
            throw StorageError.notTheServer(reason: "there is no \"\(data.path)\" (\(data.role.word)), which it names")
        } catch HostError.malformed where !data.isRequired {
            // In a chroot, what lies beside its mounts is on a mount that the process does not see: not the data's.
            return nil
        }
    }

    /// The number of ENOENT.
    private static let noSuchFile: Int32 = 2

    /// Proves that this very server has the files of that device open.
    ///
    /// - Throws: ``StorageError/notTheServer(reason:)``.
    package func prove(_ process: ServerProcess, on device: DeviceNumber, table: ProcessTable) throws {
        guard try table.isAlive(pid: process.pid, startTime: process.startTime) else {
            throw StorageError.notTheServer(reason: "process \(process.pid) has ended")
        }
        let open = Array(table.openFiles(of: process.pid).values)
        for path in process.openFiles {
            // A file that cannot be found is no proof.
            guard let file = try? view.file(path), file.mount.device == device else { continue }
            if open.contains(where: { $0.isSameFile(as: file.identity) }) { return }
        }
        let names = process.openFiles.map { "\"\($0)\"" }.joined(separator: ", ")
        throw StorageError.notTheServer(reason: "process \(process.pid) has none of \(names) open on that volume")
    }
}

extension MountInfo.Entry {
    /// Whether files have other owners here than on the file system (mount_setattr(2)).
    var isIDMapped: Bool { options.contains("idmapped") }

    /// A snapshot shows the owners that the file system has, which no account of the server is.
    ///
    /// - Throws: ``StorageError/idMapped(path:mountPoint:)``.
    func refuseMappedOwners(of path: String) throws {
        guard !isIDMapped else { throw StorageError.idMapped(path: path, mountPoint: mountPoint) }
    }
}

extension DataFile {
    /// Whether the running server can be without it: a dropped table, a log that was purged, a file made on demand.
    fileprivate var mayVanish: Bool { !(isRequired && role.isEssential) }
}
