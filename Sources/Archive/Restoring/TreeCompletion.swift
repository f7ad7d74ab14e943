internal import Faults
import Glibc
internal import Host

/// The end of a restore whose members have all been written: the last names, the directories, the marker.
///
/// Each part is on the disk before the next begins. A server finds all that it starts with, or the text of a placeholder.
struct TreeCompletion {
    /// Rights of the owner without which a process that is not root could not go on in a directory.
    static let neededRights: UInt32 = geteuid() == 0 ? 0 : 0o700

    let tree: TargetTree
    let ledger: DirectoryLedger
    let marker: HeldFile
    /// The members that have temporary names.
    let waiting: [MemberPath]
    /// Of the target, if it is closed until the end and the archive has it as a member.
    let targetMetadata: MemberMetadata?
    let end: TreeWriter.End

    /// - Throws: ``ArchiveError``; the target stays marked as incomplete then.
    func run() throws {
        try Faults.passBlocking("restore/end", .entry)
        try setDirectories(adding: Self.neededRights) { $0 != "." }
        if tree.seal == nil { try setDirectories(adding: Self.neededRights) { $0 == "." } }
        try tree.bringToDisk()
        try Faults.passBlocking("restore/directories", .exit)
        if case .unstartable = end {} else { try giveNames() }
        // A new name has changed the times of its directory.
        if Self.neededRights != 0 { try setDirectories { $0 != "." } }
        try openTarget()
        try setDirectories(adding: Self.neededRights) { $0 == "." }
        try tree.bringToDisk()
        try Faults.passBlocking("restore/end", .middle)
        try changeMarker()
        try Faults.passBlocking("restore/end", .exit)
        // The marker has changed the times of the target once more.
        try setDirectories { $0 == "." }
        try tree.bringToDisk()
    }

    private func openTarget() throws {
        guard let seal = tree.seal else { return }
        try ArchiveError.writing { try seal.open(tree.root, isMember: targetMetadata != nil) }
        guard let targetMetadata else { return }
        try targetMetadata.apply(to: tree.root.number, path: tree.path)
        try targetMetadata.applyModeAndTimes(to: tree.root.number, path: tree.path)
    }

    private func changeMarker() throws {
        switch end {
        case .marked(let mark): try mark.replace(in: marker)
        case .complete: try ArchiveError.writing { try tree.root.remove(IncompleteMarker.name) }
        case .unstartable: break
        }
    }

    // MARK: Names

    private func giveNames() throws {
        let others = waiting.filter { !LastNames.isPlaceholder($0) }
        for place in others { try giveName(place) }
        let changed = Set(others.map { $0.parent.fileName })
        try setDirectories(adding: Self.neededRights) { changed.contains($0) }
        try tree.bringToDisk()
        let placeholders = Set(waiting.map(\.fileName))
        for name in LastNames.placeholders.reversed() where !placeholders.contains(name) {
            try ArchiveError.writing { try tree.endPlaceholder(name) }
        }
        for name in LastNames.placeholders.reversed() {
            guard let place = waiting.first(where: { $0.fileName == name }) else { continue }
            try giveName(place)
            try ArchiveError.writing { try tree.root.remove(LastNames.former(name)) }
        }
    }

    private func giveName(_ place: MemberPath) throws {
        try Faults.passBlocking("restore/name", .entry)
        let directory = try tree.directory(place.parent)
        let result = RawPath(bytes: LastNames.waiting(place.last).bytes).withCString { old in
            RawPath(bytes: place.last.bytes).withCString { renameat(directory.number, old, directory.number, $0) }
        }
        guard result == 0 else { throw ArchiveError.unwritable(path: tree.describe(place), errno: errno) }
        try ArchiveError.writing { try directory.sync() }
        try Faults.passBlocking("restore/name", .exit)
    }

    // MARK: Directories

    /// Sets modes and times.
    ///
    /// - Parameters:
    ///   - rights: bits of the mode that they have for the time being.
    ///   - isMeant: chooses directories by their names; all by default.
    private func setDirectories(
        adding rights: UInt32 = 0,
        where isMeant: (FileName) -> Bool = { _ in true }
    ) throws {
        try ledger.visit { name, mode, modified in
            guard isMeant(name) else { return }
            let directory = name == "." ? tree.root : try ArchiveError.writing { try tree.root.directory(name) }
            try MemberMetadata(mode: mode, modified: modified)
                .applyModeAndTimes(to: directory.number, path: directory.path, adding: rights)
        }
    }
}
