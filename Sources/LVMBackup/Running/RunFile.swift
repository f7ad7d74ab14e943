import Archive
import Glibc
import Host
import Lifecycle
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
    func intend(_ undo: Release.Undo, only condition: Release.Condition?) throws {
        try record.withLock { record in
            let file = try record ?? RunRecord(run: run, identity: .current(), directory: directory)
            record = file
            try file.intend(RunRecord.Undo(undo), context: condition?.asContext ?? [:])
        }
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

extension RunRecord.Undo {
    init(_ undo: Release.Undo) {
        switch undo {
        case .exec(let words): self = .exec(words)
        case .sql(let statement): self = .sql(statement)
        }
    }

    /// As the engine runs it.
    var asRelease: Release.Undo {
        switch self {
        case .exec(let words): .exec(words)
        case .sql(let statement): .sql(statement)
        }
    }
}

extension Release.Condition {
    fileprivate var asContext: [String: String] {
        var context = ["directory": directory, "inode": "\(inode)"]
        context["file-system"] = fileSystem
        return context
    }
}

extension RunRecord.Entry {
    /// Refuses an undo whose time has not come: with its file system not mounted, removing finds nothing and calls
    /// that a success.
    ///
    /// - Throws: ``SettingsError``.
    func checkCondition() throws {
        guard let directory = context["directory"], let inode = context["inode"] else { return }
        var status = stat()
        let isSame = stat(directory, &status) == 0 && "\(status.st_ino)" == inode
        // Records of older versions don't tell.
        let fileSystem = context["file-system"]
        guard isSame, fileSystem == nil || fileSystem == FileSystemIdentity.text(of: directory) else {
            throw SettingsError(
                "\"\(directory)\" is not the directory that the run wrote to",
                advice: "mount its file system, then run \"lvmbackup cleanup\""
            )
        }
    }
}
