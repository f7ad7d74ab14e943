import Glibc
import Host
import LVMBackup

/// A file for other users to read, which gets its name when it is whole.
///
/// Its directory may belong to another user, such as that of a web server: nothing is written through a link or into a
/// file that stands there.
struct SavedFile {
    private let place: FilePlace

    /// - Throws: `Failure` where the path is a directory, a link or a device; `HostError`.
    init(_ path: String) throws {
        do { place = try FilePlace(path) } catch HostError.systemCall(_, _, EISDIR) {
            throw Failure(.unsuitable, "cannot write \"\(path)\": it is not the name of a file")
        }
        if let status = try place.directory.status(of: place.name), !status.isRegular {
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
        try place.directory.fileIfPresent(place.name).map { String(decoding: try $0.read(limit: limit), as: UTF8.self) }
    }

    /// Replaces the file, if there is one.
    ///
    /// - Throws: `HostError`; the old file stays then.
    func write(_ text: String) throws {
        // The umask of a run would deny it to others.
        try place.write(Array(text.utf8), mode: 0o644)
    }
}
