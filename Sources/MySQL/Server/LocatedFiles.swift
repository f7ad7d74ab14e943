import Host
import Lifecycle

/// The paths that `locate` has found on the volume.
struct LocatedFiles: Sendable {
    private let paths: Set<FileName>

    init(_ location: Location?) {
        paths = Set((location?.paths ?? []).flatMap { [$0.path, $0.realPath] }.compactMap { $0.map { FileName($0) } })
    }

    /// The files that are not on the volume.
    ///
    /// The server may name a file by ".." or by links, `locate` by its place. A file that is nowhere is on no other volume.
    ///
    /// - Parameter pid: the server's process, with whose eyes the files are looked at; nil where it is not known.
    /// - Throws: `HostError`.
    func missing(_ files: [DataFile], seenBy pid: Int32?) async throws -> [DataFile] {
        let unnamed = files.filter { !paths.contains(FileName($0.path)) }
        guard !unnamed.isEmpty, let pid else { return unnamed }
        return try await SerialThread.looking(name: "paths") {
            let view = try ProcessView(pid: pid)
            return try unnamed.filter { file in try !isHere(file, view) }
        }
    }

    private func isHere(_ file: DataFile, _ view: ProcessView) throws -> Bool {
        do { return try paths.contains(FileName(view.file(file.path).path)) } catch HostError.systemCall(
            _,
            _,
            Self.noSuchFile
        ) {
            return true
        } catch HostError.malformed {
            // On a mount that the process does not see, as beside the mounts of a chroot.
            return false
        }
    }

    /// The number of ENOENT.
    private static let noSuchFile: Int32 = 2
}
