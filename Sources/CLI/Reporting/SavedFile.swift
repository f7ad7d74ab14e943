import Host
import LVMBackup

/// A file for other users to read, which gets its name when it is whole.
///
/// Its directory may belong to another user, such as that of a web server: nothing is written through a link or into a
/// file that stands there.
struct SavedFile {
    private let path: String
    private let directory: HeldDirectory
    private let name: FileName

    /// - Throws: `Failure` where the path is a directory, a link or a device; `HostError`.
    init(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty, last != ".", last != ".." else {
            throw Failure(.unsuitable, "cannot write \"\(path)\": it is not the name of a file")
        }
        self.path = path
        let parent = parts.dropLast().joined(separator: "/")
        directory = try HeldDirectory.following(parts.count == 1 ? "." : parent.isEmpty ? "/" : parent)
        name = FileName(String(last))
        if let status = try directory.status(of: name), !status.isRegular {
            throw Failure(
                .unsuitable,
                "cannot write \"\(path)\": it is no regular file",
                advice: "name a new file, or a regular one to be replaced"
            )
        }
    }

    /// The text of the file that is there; nil without one.
    ///
    /// - Throws: `HostError`, for a file of more than `limit` bytes as well.
    func text(limit: Int) throws -> String? {
        try directory.fileIfPresent(name).map { String(decoding: try $0.read(limit: limit), as: UTF8.self) }
    }

    /// Replaces the file, if there is one.
    ///
    /// - Throws: `HostError`; the old file stays then.
    func write(_ text: String) throws {
        let new = FileName(".lvmbackup-\(UInt64.random(in: .min ... .max))")
        let file = try directory.create(new)
        do {
            try file.write(Array(text.utf8), at: 0)
            // The umask of a run would deny it to others.
            try file.setMode(0o644)
            try file.sync()
            try directory.replace(name, by: new)
        } catch {
            // The first error tells more.
            try? directory.remove(new)
            throw error
        }
    }
}
