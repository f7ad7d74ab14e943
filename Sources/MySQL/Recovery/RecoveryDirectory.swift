import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// The recovery server's private directory: socket, pid file, log, option file and temporary files.
struct RecoveryDirectory: Sendable {
    let path: String

    var socket: String { path + "/sock" }
    var log: String { path + "/recovery.log" }
    /// What the server says before it opens its log.
    var console: String { path + "/console.log" }
    var optionFile: String { path + "/my.cnf" }
    var probe: String { path + "/mountinfo" }

    init(path: String) { self.path = path }

    /// A place of the run's own, with a name that nobody can foresee; nothing is made yet.
    ///
    /// Not in the run's other directory: that one lets nobody but root through, and the server runs as another user.
    init(of run: String, in parent: String) {
        path = "\(parent)/lvmbackup-\(run)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    }

    /// Removes it, whatever a run that was killed left in it; nothing is ever mounted there.
    var undo: Release.Undo { .exec(["rm", "-rf", "--one-file-system", "--", path]) }

    /// Makes the directory, which nobody but the owner can look into.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``, also where something has the name.
    func create(uid: UInt32, gid: UInt32) throws {
        for path in [path, path + "/tmp"] {
            guard mkdir(path, 0o700) == 0 else { throw MySQLError.last("mkdir", path) }
            guard chown(path, uid, gid) == 0 else { throw MySQLError.last("chown", path) }
        }
    }

    /// Removes what it made: the files of these levels, and the directories, which have to be empty then.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    func remove() throws {
        let keys = (0...).lazy.map { path + "/" + KeyFileCopies.name($0) }.prefix(while: FileBytes.exists)
        for directory in Array(keys) + [path + "/tmp", path] where FileBytes.exists(directory) {
            for entry in try DirectoryListing(of: directory).entries where !entry.isDirectory {
                try FileBytes.remove(directory + "/" + entry.name)
            }
            guard rmdir(directory) == 0 else { throw MySQLError.last("rmdir", directory) }
        }
    }

    /// What the server has written so far.
    func readLog() -> String {
        // Before the server has opened its log there is none.
        let texts = [console, log].compactMap { try? FileBytes.read($0, count: 8 << 20) }
        return texts.map { String(decoding: $0, as: UTF8.self) }.joined()
    }

    /// Copies the log to where it outlives the run; nil where that fails.
    func keepLog(in parent: String, name: String) -> String? {
        let copy = "\(parent)/\(name)"
        do {
            guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw MySQLError.last("mkdir", parent) }
            try FileBytes.create(copy, readLog())
            return copy
        } catch {
            return nil
        }
    }
}
