import CLinux
import Glibc

/// A directory that holds files only, as backup sets do.
enum FlatDirectory {
    /// The names of what it holds, sorted.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    static func names(in path: String) throws(ArchiveError) -> [String] {
        let reader = try DirectoryReader(RawPath(path))
        var names: [String] = []
        while true {
            let batch = try reader.nextBatch()
            if batch.isEmpty { return names.sorted() }
            names += batch.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Removes the directory and the files in it; never follows a link, never goes into a directory.
    ///
    /// - Parameter last: the file that goes last: as long as it is there, the directory says what it is.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    static func remove(_ path: String, last: String?) throws(ArchiveError) {
        guard try FileStatus(of: RawPath(path)).isDirectory else { throw .unwritable(path: path, errno: ENOTDIR) }
        let names = try names(in: path)
        for name in names.filter({ $0 != last }) + names.filter({ $0 == last }) {
            let file = path + "/" + name
            guard unlink(file) == 0 else { throw .unwritable(path: file, errno: errno) }
        }
        // An empty one may be removed by another run at the same time.
        guard rmdir(path) == 0 || errno == ENOENT else { throw .unwritable(path: path, errno: errno) }
    }

    /// Gives it another name, which nothing has. Network file systems can't promise not to replace what appears at
    /// the last moment.
    ///
    /// - Returns: false where it could not be done; `errno` says why.
    static func rename(_ path: String, to new: String) -> Bool {
        if linux_rename_exclusive(path, new) == 0 { return true }
        guard errno == EINVAL || errno == ENOSYS else { return false }
        return Glibc.rename(path, new) == 0
    }
}
