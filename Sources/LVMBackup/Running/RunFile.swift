import Archive
import Glibc
import Host
import Lifecycle
import Storage
import Synchronization

/// The durable record of a run, made when the run first has something to record.
final class RunFile: Sendable {
    private let run: String
    private let directory: String
    private let record = Mutex<RunRecord?>(nil)

    init(run: String, directory: String) {
        self.run = run
        self.directory = directory
    }

    /// Records an undo; when this returns, it survives a power cut.
    ///
    /// - Throws: `HostError`.
    func intend(_ undo: RecordedUndo) throws {
        try record.withLock { record in
            let file = try record ?? RunRecord(run: run, identity: .current(), directory: directory)
            record = file
            try file.intend(undo)
        }
    }

    /// Takes undos out of the record.
    ///
    /// - Throws: `HostError`.
    func settle(_ undos: [RecordedUndo]) throws {
        try record.withLock { try $0?.settle(undos) }
    }

    /// To be called when everything is released.
    ///
    /// - Throws: `HostError`.
    func remove() throws {
        try record.withLock { record in
            try record?.remove()
            record = nil
        }
    }
}

extension RecordedUndo {
    /// Refuses an undo whose time has not come: with its file system not mounted, removing finds nothing and calls
    /// that a success.
    ///
    /// - Throws: ``SettingsError``.
    func checkCondition() throws {
        guard let condition else { return }
        var status = stat()
        let isSame = stat(condition.directory, &status) == 0 && UInt64(status.st_ino) == condition.inode
        // Records of older versions don't tell.
        let fileSystem = condition.fileSystem
        guard isSame, fileSystem == nil || fileSystem == FileSystemIdentity.text(of: condition.directory) else {
            throw SettingsError(
                "\"\(condition.directory)\" is not the directory that the run wrote to",
                advice: "mount its file system, then run \"lvmbackup cleanup\""
            )
        }
    }
}
