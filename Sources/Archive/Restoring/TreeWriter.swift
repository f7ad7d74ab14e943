import CLinux
internal import Faults
import Glibc
internal import Host

/// Writes the members of an archive below a target directory.
///
/// Belongs to one thread, and blocks.
///
/// It follows no symbolic link, makes no device nodes, no set-user-ID files, and no symbolic links that lead outside. The
/// files of ``LastNames`` get their names in ``finish()``.
final class TreeWriter: MemberSink {
    /// The members that were not restored, and the reasons.
    private(set) var leftOut: [RestoreReport.LeftOut] = []
    private(set) var leftOutCount = 0
    /// The files of an earlier restore that were taken over.
    private(set) var kept = 0

    private let tree: TargetTree
    private let keepsOwners: Bool
    private let finished: FinishedFiles
    private let ledger: DirectoryLedger
    private let marker: HeldFile
    private let end: End
    private let links: DataLinks?
    private var owners = Owners()
    private var file: (held: HeldFile, writes: Bool)?
    private var waiting: [MemberPath] = []
    /// Of the target itself, which gets them at the end if it is closed until then.
    private var targetMetadata: MemberMetadata?
    /// Members that were left out: further names of them are left out, too.
    private var missing: Set<MemberPath> = []
    private static let mostMissing = 10_000
    /// Counts the members of the archive.
    private var number = -1

    /// The state in which the target is left.
    enum End {
        case complete
        /// Servers start on it, and a mark says that something else is still to be done.
        case marked(IncompleteMarker)
        /// The marker stays, and the files of ``LastNames`` do not get their names.
        case unstartable
    }

    /// - Parameters:
    ///   - finished: files that an earlier restore of the same set has written.
    ///   - marker: the file that marks the restore as incomplete.
    ///   - end: what becomes of the marker.
    ///   - links: those that are made although they lead out of the target; nil for none.
    init(
        _ tree: TargetTree,
        marker: HeldFile,
        keepsOwners: Bool,
        finished: FinishedFiles,
        end: End = .complete,
        links: DataLinks? = nil
    ) {
        self.tree = tree
        self.keepsOwners = keepsOwners
        self.finished = finished
        self.marker = marker
        self.end = end
        self.links = links
        ledger = DirectoryLedger(marker, start: IncompleteMarker.textSize)
    }

    // MARK: Members

    func begin(_ member: TarMember) throws {
        try Faults.passBlocking("restore/member", .entry)
        number += 1
        let place = try MemberPath(member.name)
        guard !LastNames.isReserved(place), !place.isTarget || member.kind == .directory else {
            throw ReadError.refusedMember(member.name.description, why: "only a directory can have this name")
        }
        switch member.kind {
        case .file: try beginFile(place, member)
        case .directory: try makeDirectory(place, member)
        case .symbolicLink(let target): try makeLink(place, to: target, member)
        case .hardLink(let target): try makeHardLink(place, to: target, member)
        case .fifo: try makeFIFO(place, member)
        case .characterDevice, .blockDevice: leaveOut(place, member, "it is a device node")
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard let file, file.writes else { return }
        var rest = bytes
        var place = offset
        while let base = rest.baseAddress, rest.count > 0 {
            let written = pwrite(file.held.number, base, rest.count, off_t(place))
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw ArchiveError.unwritable(path: file.held.path, errno: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            place += Int64(written)
        }
    }

    func end(_ member: TarMember) throws {
        guard let file else { return }
        try Faults.passBlocking("restore/file", .middle)
        self.file = nil
        // A hole at the end.
        if file.writes, try file.held.status().size != UInt64(member.size) {
            try ArchiveError.writing { try file.held.truncate(to: UInt64(member.size)) }
        }
        let metadata = metadata(member)
        try metadata.apply(to: file.held.number, path: file.held.path)
        try metadata.applyModeAndTimes(to: file.held.number, path: file.held.path)
    }

    private func beginFile(_ place: MemberPath, _ member: TarMember) throws {
        let directory = try tree.directory(place.parent)
        let name = try firstPlace(place).last
        if let compared = finished.file(number), isTrusted(compared.uid, member) {
            file = (try finishedFile(name, in: directory, compared, member), false)
            kept += 1
        } else {
            file = (try tree.createFile(name, in: directory), true)
        }
    }

    /// Whether a restore could have left a file of this owner in the member's place.
    private func isTrusted(_ uid: UInt32, _ member: TarMember) -> Bool {
        uid == geteuid() || uid == owner(member)?.user
    }

    /// The file that was compared, which gets its owner and mode next.
    ///
    /// - Throws: ``ReadError/refusedMember(_:why:)`` where another file is in its place.
    private func finishedFile(
        _ name: FileName,
        in directory: HeldDirectory,
        _ compared: FinishedFiles.Compared,
        _ member: TarMember
    ) throws -> HeldFile {
        let held = try ArchiveError.writing { try directory.file(name, forWriting: true) }
        let status = try ArchiveError.reading { try held.status() }
        guard finished.isSame(status.identity, as: compared), isTrusted(status.identity.uid, member) else {
            throw ReadError.refusedMember(member.name.description, why: "another file is in its place by now")
        }
        guard status.linkCount == 1 else {
            throw ReadError.refusedMember(member.name.description, why: "a file with other names is in its place")
        }
        return held
    }

    /// The name of a member until the end: its own, or a temporary one.
    private func firstPlace(_ place: MemberPath) throws -> MemberPath {
        guard LastNames.waits(place) else { return place }
        guard waiting.count < 10_000 else {
            throw ReadError.refusedMember(place.description, why: "there are too many redo logs")
        }
        waiting.append(place)
        return place.parent.appending(LastNames.waiting(place.last).bytes)
    }

    private func makeDirectory(_ place: MemberPath, _ member: TarMember) throws {
        if LastNames.isPlaceholder(place) { try ArchiveError.writing { try tree.removePlaceholder(place.fileName) } }
        let directory = try tree.directory(place)
        let metadata = metadata(member)
        if place.isTarget, tree.seal != nil {
            targetMetadata = metadata
            return try ledger.add(place, mode: metadata.mode, modified: metadata.modified)
        }
        try metadata.apply(to: directory.number, path: directory.path)
        // Other users see no more of the tree meanwhile than in the end.
        try metadata.applyModeAndTimes(to: directory.number, path: directory.path, adding: TreeCompletion.neededRights)
        try ledger.add(place, mode: metadata.mode, modified: metadata.modified)
    }

    private func makeLink(_ place: MemberPath, to original: RawPath, _ member: TarMember) throws {
        let isHeld = place.holdsLink(to: original.bytes)
        guard let target = isHeld ? original : links?.target(of: place, to: original) else {
            return leaveOut(place, member, "it may lead out of the target, to \"\(original)\"", link: original)
        }
        let place = try firstPlace(place)
        try tree.make(place) { directory, name in target.withCString { symlinkat($0, directory, name) } }
        try setOwnerAndTimes(place, member, .link)
    }

    private func makeHardLink(_ place: MemberPath, to target: RawPath, _ member: TarMember) throws {
        let first = try MemberPath(target)
        guard !missing.contains(first) else {
            return leaveOut(place, member, "it is another name of \"\(target)\", which is left out")
        }
        let name = LastNames.waits(first) ? LastNames.waiting(first.last) : first.last
        let source = try tree.directory(first.parent)
        // The kernel follows no symbolic link here; in a target that held files before, one may be in the place.
        guard let status = try ArchiveError.writing({ try source.status(of: name) }), !status.isDirectory else {
            throw ReadError.refusedMember(place.description, why: "\"\(target)\" is no file before it")
        }
        // From another place the same link leads elsewhere.
        if status.isLink {
            let end = try ArchiveError.writing { try source.target(of: name) }
            let original = RawPath(bytes: end.bytes)
            // A link to data that was made has its whole path.
            let isToData = end.bytes.first == UInt8(ascii: "/") && links?.target(of: place, to: original) != nil
            guard isToData || place.holdsLink(to: end.bytes) else {
                let why = "it is a symbolic link that may lead out of the target, to \"\(end)\""
                return leaveOut(place, member, why, link: original)
            }
        }
        try tree.make(firstPlace(place)) { directory, new in
            RawPath(bytes: name.bytes).withCString { linkat(source.number, $0, directory, new, 0) }
        }
    }

    private func makeFIFO(_ place: MemberPath, _ member: TarMember) throws {
        let place = try firstPlace(place)
        try tree.make(place) { directory, name in mknodat(directory, name, S_IFIFO | (member.mode & 0o666), 0) }
        try setOwnerAndTimes(place, member, .fifo)
    }

    /// Of a member that was just made and is not opened.
    ///
    /// The owner of a directory may have exchanged it by now.
    private func setOwnerAndTimes(_ place: MemberPath, _ member: TarMember, _ kind: Host.FileStatus.Kind) throws {
        let directory = try tree.directory(place.parent)
        let owner = owner(member)
        let time = member.modified
        try ArchiveError.writing {
            let made = try HeldMember(place.last, in: directory)
            let status = try made.status()
            guard status.kind == kind, status.linkCount == 1 else {
                throw ArchiveError.foreignPartial(path: tree.describe(place), why: "another file is in its place")
            }
            if let owner { try made.setOwner(uid: owner.user, gid: owner.group) }
            // The process's mask has taken rights away.
            if kind == .fifo { try made.setMode(member.mode & 0o777) }
            try made.setTime(seconds: Int(time.seconds), nanoseconds: Int(time.nanoseconds))
        }
    }

    /// - Parameter link: the target of a symbolic link.
    private func leaveOut(_ place: MemberPath, _ member: TarMember, _ why: String, link: RawPath? = nil) {
        leftOutCount += 1
        if missing.count < Self.mostMissing { missing.insert(place) }
        guard leftOut.count < 20 else { return }
        leftOut.append(RestoreReport.LeftOut(name: member.name.description, reason: why, link: link?.text))
    }

    // MARK: Metadata

    private func owner(_ member: TarMember) -> (user: UInt32, group: UInt32)? {
        guard keepsOwners else { return nil }
        return (
            owners.user(member.ownerName, else: member.owner), owners.group(member.groupName, else: member.group)
        )
    }

    private func metadata(_ member: TarMember) -> MemberMetadata {
        // Set-user-ID and set-group-ID give rights on a file; on a directory they only pass the group on.
        let mode = member.kind == .directory ? member.mode : member.mode & 0o777
        return MemberMetadata(
            owner: owner(member),
            mode: mode,
            modified: member.modified,
            attributes: member.attributes,
            accessList: member.accessList.flatMap(list),
            defaultList: member.defaultList.flatMap(list)
        )
    }

    private func list(_ text: [UInt8]) -> AccessControlList? {
        AccessControlList(text: text) { name, isGroup in
            let missing = UInt32.max
            let id = isGroup ? owners.group(name, else: missing) : owners.user(name, else: missing)
            return id == missing ? nil : id
        }
    }

    // MARK: The end

    /// Ends the restore, when all members have been written.
    ///
    /// - Throws: ``ArchiveError``; the target stays marked as incomplete then.
    func finish() throws {
        try TreeCompletion(
            tree: tree,
            ledger: ledger,
            marker: marker,
            waiting: waiting,
            targetMetadata: targetMetadata,
            end: end
        ).run()
    }
}
