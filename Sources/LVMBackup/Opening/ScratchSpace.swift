import Archive
import Glibc
import Host
import Lifecycle

/// A directory of root's own for the data of an open set.
///
/// It is removed with all that lies in it.
struct ScratchSpace: Sendable {
    private let parent: String
    private let name: String
    let condition: Release.Condition

    /// Looks at the parent directory; makes nothing yet.
    ///
    /// - Throws: ``SettingsError`` where users other than root could exchange the directory; `HostError`.
    init(for run: String, in parent: String) throws {
        name = ".lvmbackup-open-\(run)"
        do { self.parent = try TrustedFile.directory(parent) } catch let refusal as TrustedFile.Refusal {
            throw SettingsError(
                "cannot restore to a scratch directory in \"\(parent)\": \(refusal.why)",
                advice: "name a directory of root's with --scratch"
            )
        }
        condition = Release.Condition(
            directory: self.parent + "/.",
            inode: try FileIdentity(of: self.parent).inode,
            fileSystem: FileSystemIdentity.text(of: self.parent + "/.")
        )
    }

    var path: String { parent == "/" ? "/" + name : parent + "/" + name }
    var data: String { path + "/data" }

    /// Moves `.lvmbackup` out of the restored data directory, in which a server takes every directory for a database.
    ///
    /// Blocks.
    ///
    /// - Returns: the directory that has it now, if the set has it.
    /// - Throws: `HostError`.
    func separateOutside() throws -> HeldDirectory {
        let top = try HeldDirectory(path)
        if try top.status(of: "data/.lvmbackup") != nil { try top.rename("data/.lvmbackup", to: ".lvmbackup") }
        return top
    }

    var undo: Release.Undo { .exec(["rm", "-rf", "--one-file-system", "--", path]) }

    var release: Release { Release("scratch directory \"\(path)\"", undo: undo, deadline: .seconds(600)) }

    /// - Throws: ``SettingsError``.
    func make() throws {
        do {
            _ = try HeldDirectory(parent).createDirectory(FileName(name), mode: 0o700)
        } catch HostError.systemCall(_, _, let errno) {
            let reason = String(cString: strerror(errno)).lowercased()
            throw SettingsError(
                "cannot make the scratch directory \"\(path)\": \(reason)",
                advice: "name another place with --scratch"
            )
        }
    }
}

extension TrustedFile.Refusal {
    /// The reason, in words.
    fileprivate var why: String {
        switch self {
        case .untrusted(let path, let reason, _): "\"\(path)\" \(reason)"
        case .unreadable(let path, let reason): "\"\(path)\": \(reason)"
        }
    }
}
