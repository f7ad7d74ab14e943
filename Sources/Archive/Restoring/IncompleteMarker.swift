internal import Faults
import Glibc
internal import Host

/// The file that is in the target as long as its restore is incomplete.
///
/// It says which set is being restored.
struct IncompleteMarker {
    static let name = FileName(RestoreJob.markerName)
    /// The list of directories begins behind the text.
    static let textSize: UInt64 = 4096

    /// Identifies the set: run id and checksum of the archive.
    let set: String
    /// The owner and mode that the target had before; nil where they were not changed.
    var seal: TargetSeal?

    /// Reads the marker of a target; nil where there is none, or another user's.
    ///
    /// - Throws: ``ArchiveError``
    static func read(in target: HeldDirectory) throws(ArchiveError) -> IncompleteMarker? {
        try ArchiveError.reading {
            guard let file = try target.fileIfPresent(name), isOwn(try file.status()) else { return nil }
            let text = try file.read(from: 0, count: Int(textSize)).prefix { $0 != 0 }
            let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            return IncompleteMarker(set: lines[0], seal: lines.count > 1 ? TargetSeal(lines[1]) : nil)
        }
    }

    /// The marker that is there; nil also for another user's marker: that user could change the list after the text.
    private func own(in target: HeldDirectory) throws(ArchiveError) -> HeldFile? {
        let found = try ArchiveError.writing { () throws -> HeldFile? in
            try target.fileIfPresent(Self.name, forWriting: true)
        }
        guard let found else { return nil }
        return Self.isOwn(try ArchiveError.reading { () throws -> Host.FileStatus in try found.status() }) ? found : nil
    }

    /// Whether a file is this user's, and nowhere else.
    private static func isOwn(_ status: Host.FileStatus) -> Bool {
        status.identity.uid == geteuid() && status.linkCount == 1
    }

    /// Replaces the text of a marker in one step.
    ///
    /// It is on the disk when this returns.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func replace(in marker: HeldFile) throws(ArchiveError) {
        try ArchiveError.writing {
            let text = Array(([set] + (seal.map { [$0.text] } ?? [])).map { $0 + "\n" }.joined().utf8)
            // Nothing of an earlier text stays behind a shorter one.
            let rest = [UInt8](repeating: 0, count: max(0, Int(Self.textSize) - text.count))
            try marker.write(text + rest, at: 0)
            try marker.sync()
        }
    }

    /// Makes the marker, and the files that keep servers from starting; closes the target to other users.
    ///
    /// All are on the disk when this returns. A file of the target waits under another name for the end, where the set has
    /// none of its name.
    ///
    /// - Parameter isInSet: whether the set has a member of this name at the top; a stream is taken to have `ibdata1` alone.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, the error of `isInSet`.
    func write(
        in tree: TargetTree,
        isInSet: (FileName) throws -> Bool = { $0 == LastNames.placeholders.first }
    ) throws -> HeldFile {
        try Faults.passBlocking("restore/marker", .entry)
        let marker: HeldFile
        if let own = try own(in: tree.root) {
            marker = own
        } else {
            marker = try tree.createFile(Self.name, in: tree.root)
        }
        try Faults.passBlocking("restore/marker", .middle)
        var noted = self
        if TargetSeal.isPossible {
            let status = try ArchiveError.reading { try tree.root.status() }
            noted.seal = TargetSeal(of: status.identity, noted: try Self.read(in: tree.root)?.seal)
        }
        try noted.replace(in: marker)
        if let seal = noted.seal { try ArchiveError.writing { try tree.close(seal) } }
        for name in LastNames.placeholders { try writePlaceholder(name, in: tree, isInSet) }
        try Faults.passBlocking("restore/marker", .exit)
        return marker
    }

    /// The file gets its name in one step: a server that finds no file of this name may make a new one.
    private func writePlaceholder(
        _ name: FileName,
        in tree: TargetTree,
        _ isInSet: (FileName) throws -> Bool
    ) throws {
        // A directory of this name, which an earlier restore of the set has made, keeps servers from starting, too.
        let existing = try ArchiveError.reading { try tree.root.status(of: name) }
        guard existing?.isDirectory != true, existing != nil || name != LastNames.inPlaceOfOld else { return }
        if existing != nil {
            let isOwn = try ArchiveError.reading { try tree.isPlaceholder(name) }
            if !isOwn, try !isInSet(name) {
                try ArchiveError.writing { try tree.root.replace(LastNames.former(name), by: name) }
            }
        }
        let new: FileName = ".lvmbackup-placeholder"
        let placeholder = try tree.createFile(new, in: tree.root)
        try ArchiveError.writing {
            try placeholder.write(Array(LastNames.placeholderText.utf8), at: 0)
            try placeholder.sync()
        }
        try Faults.passBlocking("restore/placeholder", .middle)
        try ArchiveError.writing {
            try tree.root.replace(name, by: new)
            try tree.root.sync()
        }
    }
}
