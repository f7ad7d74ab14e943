import Glibc
internal import Host

/// The file that is in the target as long as its restore is incomplete.
///
/// It says which set is being restored.
struct IncompleteMarker {
    static let name: FileName = ".lvmbackup-incomplete"
    /// The list of directories begins behind the text.
    static let textSize: UInt64 = 4096

    /// Identifies the set: run id and checksum of the archive.
    let set: String

    /// Reads the marker of a target; nil where there is none.
    ///
    /// - Throws: ``ArchiveError``
    static func read(in target: HeldDirectory) throws(ArchiveError) -> IncompleteMarker? {
        try ArchiveError.reading {
            guard let file = try target.fileIfPresent(name) else { return nil }
            let text = try file.read(from: 0, count: Int(textSize)).prefix { $0 != UInt8(ascii: "\n") }
            return IncompleteMarker(set: String(decoding: text, as: UTF8.self))
        }
    }

    /// The marker that is there; nil also for another user's marker: that user could change the list after the text.
    private func own(in target: HeldDirectory) throws(ArchiveError) -> HeldFile? {
        let found = try ArchiveError.writing { () throws -> HeldFile? in
            try target.fileIfPresent(Self.name, forWriting: true)
        }
        guard let found else { return nil }
        let status = try ArchiveError.reading { () throws -> Host.FileStatus in try found.status() }
        return status.identity.uid == geteuid() && status.linkCount == 1 ? found : nil
    }

    /// Replaces the text of a marker in one step.
    ///
    /// It is on the disk when this returns.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func replace(in marker: HeldFile) throws(ArchiveError) {
        try ArchiveError.writing {
            try marker.write(Array((set + "\n").utf8), at: 0)
            try marker.sync()
        }
    }

    /// Makes the marker, and the file that keeps servers from starting.
    ///
    /// Both are on the disk when this returns.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func write(in tree: TargetTree) throws(ArchiveError) -> HeldFile {
        let marker: HeldFile
        if let own = try own(in: tree.root) {
            marker = own
        } else {
            marker = try tree.createFile(Self.name, in: tree.root)
        }
        try replace(in: marker)
        let placeholder = try tree.createFile(LastNames.placeholder, in: tree.root)
        try ArchiveError.writing {
            try placeholder.write(Array(LastNames.placeholderText.utf8), at: 0)
            try placeholder.sync()
            try tree.root.sync()
        }
        return marker
    }
}
