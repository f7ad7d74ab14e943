import Archive
import Glibc
import Host

/// The directory that a restore is to fill, and the checks that it passes before anything is written.
struct RestoreTarget: Sendable {
    /// Bytes that a member takes beside its data.
    static let block: Int64 = 4096

    let path: String
    var isForced = false
    var acceptsAnyServer = false
    var keepsOwners = true
    /// The members that are restored; nil for all.
    ///
    /// Then the target has to be empty, and any server will do.
    var chosen: ChosenMembers?
    /// The server that is installed; nil where there is none.
    var installedServer: @Sendable () async throws -> InstalledServer? = { try await .find() }

    /// Checks the target for a set, or for a stream, whose content is not known beforehand.
    ///
    /// - Parameter files: nil for a stream.
    /// - Throws: ``ReadError/refusedTarget(_:why:advice:)``; nothing has been written then.
    func check(for files: SetFiles?) async throws {
        if keepsOwners, geteuid() != 0 {
            throw refused("only root can give files to their owners", "run it with sudo, or add --no-owner")
        }
        let isResumed = try checkContent(for: files)
        try checkParents()
        guard let files else { return }
        if !isResumed { try checkRoom(for: files.manifest) }
        try await checkServer(files.manifest)
    }

    /// - Returns: whether an unfinished restore of the same set is in it.
    private func checkContent(for files: SetFiles?) throws -> Bool {
        guard let directory = try existing() else {
            do { _ = try held(parent) } catch HostError.systemCall(_, _, ENOENT) {
                throw refused("there is no directory \"\(parent)\"", "make it, or mount the file system first")
            }
            return false
        }
        if let evidence = try TargetOccupation(directory: directory).evidence() {
            throw refused("a server runs on it: \(evidence)", "stop the server first")
        }
        if let owner = try RestoreJob.foreignMarkerOwner(in: path) {
            let own = geteuid() == 0 ? "root" : "user \(geteuid())"
            throw refused(
                "the marker of an unfinished restore, \"\(RestoreJob.markerName)\", belongs to user \(owner)",
                "give it to \(own) by chown and restore again, or remove the directory's content"
            )
        }
        let unfinished = try RestoreJob.unfinished(in: path)
        if let unfinished, RestoreJob.isReplay(unfinished) {
            throw refused(
                "binary logs were being applied to it when an earlier restore ended",
                "remove its content, and restore again"
            )
        }
        if let unfinished, RestoreJob.isPartial(unfinished) {
            throw refused(
                "it holds some files of a set, which \"restore --only\" left there",
                "name another directory, or remove its content"
            )
        }
        if chosen == nil, let unfinished, let files, unfinished == RestoreJob.identity(of: files) { return true }
        guard !isForced else { return false }
        if unfinished != nil {
            throw refused(
                "an unfinished restore of another set is in it",
                "remove its content, or add --force to replace the files that the set has"
            )
        }
        // The marker of a restore that ended before it wrote anything has no text.
        let ignored: [FileName] = ["lost+found", FileName(RestoreJob.markerName)]
        let names = try directory.names().filter { !ignored.contains($0) }
        if let first = names.first {
            throw refused(
                "it is not empty: it holds \"\(first)\"" + (names.count > 1 ? " and \(names.count - 1) more" : ""),
                "name an empty directory, or add --force to replace the files that the set has"
            )
        }
        return false
    }

    /// In the data directory of a running server the target would be a database of it.
    private func checkParents() throws {
        var place = try FileSystem.realPath(parent)
        while place != "/" {
            if let evidence = try TargetOccupation(directory: held(place)).evidenceOfData() {
                throw refused(
                    "it is in \"\(place)\", on which a server runs: \(evidence)",
                    "name a directory elsewhere"
                )
            }
            place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
            if place.isEmpty { place = "/" }
        }
    }

    private func checkRoom(for manifest: Manifest) throws {
        guard let archive = manifest.archive else { return }
        let place = try existing() ?? held(parent)
        let room = try FileSystemRoom(of: place.number, at: path)
        // The numbers are the set's own, which may be another user's.
        let (members, bytes) = (chosen?.members ?? archive.members ?? 0, chosen?.bytes ?? archive.sourceBytes ?? 0)
        let (blocks, hasOverflown) = Int64(members).multipliedReportingOverflow(by: Self.block)
        let (needed, isTooMuch) = bytes.addingReportingOverflow(blocks)
        guard !hasOverflown, !isTooMuch, bytes >= 0, members >= 0 else {
            throw refused("the manifest's sizes make no sense", "use another set, or another copy of this one")
        }
        if room.freeBytes < needed {
            throw refused(
                "\(needed.asSize) are needed, \(room.freeBytes.asSize) are free",
                "make room, or name another directory"
            )
        }
        if let free = room.freeInodes, free < Int64(members) {
            throw refused("\(members) inodes are needed, \(free) are free", "remove small files")
        }
    }

    /// - Throws: ``ReadError/refusedTarget(_:why:advice:)`` where the installed server is not for the set's data.
    func checkServer(_ manifest: Manifest) async throws {
        guard !acceptsAnyServer, chosen == nil, let server = manifest.server else { return }
        guard
            let refusal = try await InstalledServer.refusal(
                ofFlavour: server.flavour,
                server.version,
                find: installedServer
            )
        else { return }
        throw refused(refusal.why, refusal.advice)
    }

    /// Makes the directory where it is missing.
    ///
    /// - Throws: ``ReadError/refusedTarget(_:why:advice:)``
    func make() throws {
        do { _ = try held(path) } catch HostError.systemCall(_, _, ENOENT) {
            let parent = try held(parent)
            do { _ = try parent.createDirectory(FileName(name)) } catch HostError.systemCall(_, _, let errno) {
                guard errno == EEXIST else { throw refused(String(cString: strerror(errno)), nil) }
            }
        }
    }

    /// The directory; nil where it is to be made.
    private func existing() throws -> HeldDirectory? {
        do { return try held(path) } catch HostError.systemCall(_, _, let errno) {
            switch errno {
            case ENOENT: return nil
            case ENOTDIR: throw refused("it is not a directory", "name a directory, or a place for a new one")
            default: throw refused(String(cString: strerror(errno)), nil)
            }
        }
    }

    /// A directory to which no link of another user leads.
    private func held(_ path: String) throws -> HeldDirectory {
        do { return try HeldDirectory.following(path) } catch HostError.malformed(_, let reason) {
            throw refused(reason, "name the directory itself, without the link")
        }
    }

    private var parent: String {
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    private var name: String {
        String(trimmed[(trimmed.lastIndex(of: "/").map(trimmed.index(after:)) ?? trimmed.startIndex)...])
    }

    private var trimmed: String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    private func refused(_ why: String, _ advice: String?) -> ReadError {
        .refusedTarget(path, why: why, advice: advice)
    }
}
