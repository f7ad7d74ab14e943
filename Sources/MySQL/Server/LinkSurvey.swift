import Glibc
import Host
import Lifecycle

/// Walks through the data directory, and through everything that symbolic links in it lead to.
///
/// Every file that the server may open is then known: it lies in the data directory, or is among ``files``. `locate`
/// refuses those of them that are on another volume.
struct LinkSurvey: Sendable {
    /// A directory to be walked.
    private struct Place {
        var path: FileName
        /// Relative to the data directory, or to a directory outside; nil for that directory itself.
        var relative: FileName?
        /// The path in the archive of that directory outside; empty for the data directory.
        var outside: String
        /// The database whose directory it is.
        var database: String?
        /// The members that count, as shell patterns; nil for all.
        var names: [String]?
        /// Whether a pattern leaves it out.
        var isExcluded = false

        var isTop: Bool { outside.isEmpty && relative == nil }

        func has(_ name: FileName) -> Bool {
            names?.contains { fnmatch($0, name.description, FNM_PERIOD) == 0 } ?? true
        }
    }

    private let view: any TreeView
    private let rules: DataRules
    private let datadir: SeenFile
    private let volume: MountInfo.Entry
    private let mountPoints: Set<FileName>
    private var places: [Place] = []
    private var visited: Set<FileIdentity> = []
    /// The server's directories for temporary files.
    private var temporary: Set<FileIdentity> = []
    /// By role and path.
    private var added: Set<FileName> = []
    /// Warnings beyond those that are told.
    private var untold = 0

    /// Targets on the volume but outside the data directory, links on the way to them, and data elsewhere.
    private(set) var files: [DataFile] = []
    private(set) var warnings: [String] = []
    /// Links on the volume that a pattern leaves out, and that lead to another volume.
    private(set) var excluded: [FileName] = []
    /// The users' tables.
    private(set) var census = TableCensus()

    /// - Parameters:
    ///   - datadir: as the server names it.
    ///   - known: other paths of the server that may lead through links.
    /// - Throws: ``MySQLError``; `HostError`.
    init(of datadir: String, known: [DataFile] = [], in view: any TreeView, _ rules: DataRules) throws {
        guard case .file(let file) = try view.resolve(FileName(datadir)).end, file.status.isDirectory else {
            throw MySQLError.system("open", on: datadir, reason: "there is no such directory")
        }
        guard let volume = file.mount else {
            throw MySQLError.system("look at", on: datadir, reason: "its mount is not in the server's table of mounts")
        }
        self.volume = volume
        self.view = view
        self.rules = rules
        mountPoints = Set(view.mounts.entries.map { FileName(bytes: $0.mountPointBytes) })
        self.datadir = file
        places = [Place(path: file.path, relative: nil, outside: "")]
        for data in known where data.role == .temporary {
            if case .file(let place) = try view.resolve(FileName(data.path)).end {
                temporary.insert(place.status.identity)
            }
        }
        for data in known where data.role != .datadir && data.role != .temporary { try follow(known: data) }
        while let place = places.popLast() { try walk(place) }
        if untold > 0 { warnings.append("\(untold) more symbolic links lead to what is not archived") }
        files.sort { ($0.path, $0.role.rawValue) < ($1.path, $1.role.rawValue) }
    }

    // MARK: Directories

    private mutating func walk(_ place: Place) throws {
        guard let directory = try view.look(at: place.path), isNew(directory, place),
            let members = try members(of: place.path)
        else { return }
        let names = Set(members.map(\.name))
        for (name, kind) in members where !isForeign(name, in: place) && place.has(name) {
            var member = place
            member.names = nil
            member.database = place.isTop ? name.description : nil
            member.path = place.path.appending(name)
            member.relative =
                place.relative.map { FileName(bytes: $0.bytes + [UInt8(ascii: "/")] + name.bytes) } ?? name
            let isDirectory = kind == .directory
            member.isExcluded =
                place.isExcluded || rules.isExcluded("\(member.relative ?? name)", place.outside, isDirectory)
            switch kind {
            case .directory: try enter(member, directory)
            case .link: try follow(linkAt: member, isTop: place.isTop)
            case .regular:
                try check(fileAt: member, directory, isNamed: place.names != nil)
                try note(member, in: place, names)
            // Files of these kinds are never opened.
            case .socket, .fifo, .device: continue
            }
        }
    }

    /// The data directory is walked as such alone, also where a link or a variable names a directory above it.
    private mutating func isNew(_ directory: SeenFile, _ place: Place) -> Bool {
        let identity = directory.status.identity
        guard place.isTop || identity != datadir.status.identity else { return false }
        // A link may lead to the other members.
        return place.names != nil || visited.insert(identity).inserted
    }

    /// Nil for a directory that is gone, or that the server's account can neither list nor go through.
    private func members(of path: FileName) throws -> [(name: FileName, kind: FileStatus.Kind)]? {
        do { return try view.members(of: path) } catch HostError.systemCall(_, _, Self.noSuchFile) {
            return nil
        } catch HostError.systemCall(_, _, Self.accessDenied) {
            do { _ = try view.look(at: path.appending(".")) } catch HostError.systemCall(_, _, Self.accessDenied) {
                return nil
            }
            throw MySQLError.unlistable(path.description)
        }
    }

    /// The top may hold files of the file system itself, or of a restored backup: the archive leaves both out.
    private func isForeign(_ name: FileName, in place: Place) -> Bool {
        place.isTop && (name == "lost+found" || name == ".lvmbackup")
    }

    private mutating func enter(_ place: Place, _ parent: SeenFile) throws {
        guard let entry = view.mounts.covering(place.path.description), entry.id != parent.mount?.id,
            !entry.isBound(onto: place.path, in: parent.mount)
        else {
            places.append(place)
            return
        }
        guard let mounted = try view.look(at: place.path) else { return }
        guard place.outside.isEmpty else {
            return try take(mounted, by: [place.path], isExcluded: place.isExcluded, isTop: false)
        }
        if !place.isExcluded { try search(nestedMount: mounted, database: place.database) }
    }

    /// `locate` allows mounts for temporary files and for logs in the data directory, but each directory in it is a
    /// database, too.
    private mutating func search(nestedMount mounted: SeenFile, database: String?) throws {
        let isDatabase = database.map(isSchema) ?? false
        if try isDatabase || DataSearch(in: view, isTemporary: true).finds(mounted) { try refuse(mounted.path) }
    }

    /// A single file may be a mount, such as a certificate; outside the data directory, too.
    ///
    /// - Parameter isNamed: whether a variable of the server names its directory, and the file's name fits.
    private mutating func check(fileAt member: Place, _ directory: SeenFile, isNamed: Bool) throws {
        guard mountPoints.contains(member.path), isNamed || DataNames.isData(member.path.last),
            let entry = view.mounts.covering(member.path.description), entry.id != directory.mount?.id
        else { return }
        if !member.isExcluded { try refuse(member.path) }
    }

    /// Data on another volume, which `locate` refuses.
    private mutating func refuse(_ path: FileName) throws { add(DataFile(role: .tablespace, path: try text(path))) }

    private mutating func note(_ member: Place, in directory: Place, _ names: Set<FileName>) throws {
        guard let file = TableFile(member.path.last) else { return }
        if file.suffix == "isl" { try follow(islAt: member.path) }
        if let engine = file.engine, !SystemTables.contains(directory.database, file.table, engine) {
            census.countData(engine)
        }
        // Most tables have a file of InnoDB, which tells the engine.
        guard let database = directory.database, file.suffix == rules.definitionSuffix, !file.isUnfinished,
            !SystemTables.closedSchemas.contains(database), !names.contains(FileName(file.table + ".ibd"))
        else { return }
        switch try definition(at: member.path) {
        case .none: return
        case .malformed: census.countDefinition(EngineInventory.unopened)
        case .table(let engine):
            guard !SystemTables.contains(database, file.definedTable, engine) else { return }
            census.countDefinition(engine)
        }
    }

    /// None for a table that was dropped meanwhile.
    private func definition(at path: FileName) throws -> TableDefinition {
        do {
            let file = try view.open(path)
            if rules.definitionSuffix == "sdi" { return try TableDefinition(sdi: file.read) }
            return try TableDefinition(frm: file.read)
        } catch HostError.systemCall(_, _, Self.noSuchFile) {
            return .none
        } catch HostError.systemCall(_, _, Self.accessDenied) {
            return .malformed
        }
    }

    // MARK: Links

    private mutating func follow(linkAt link: Place, isTop: Bool) throws {
        let way = try view.resolve(link.path)
        if !link.isExcluded { for link in way.links.dropFirst() { try addOnTheWay(link) } }
        switch way.end {
        case .file(let target):
            try take(target, by: way.links.map(\.path), isExcluded: link.isExcluded, isTop: isTop)
        case .missing(let place): warn(link, "leads to \"\(place)\", which does not exist")
        case .looping: warn(link, "leads to itself")
        case .denied(let place): warn(link, "leads to \"\(place)\", which the server's account cannot reach")
        }
    }

    /// The file in which InnoDB of MariaDB keeps the place of a table with DATA DIRECTORY.
    ///
    /// No pattern makes the server look elsewhere.
    private mutating func follow(islAt path: FileName) throws {
        let content = String(decoding: try view.read(path, count: 4096), as: UTF8.self)
        guard let line = content.split(whereSeparator: \.isNewline).first, line.isAbsolutePath else { return }
        let way = try view.resolve(FileName(String(line)))
        for link in way.links { try addOnTheWay(link) }
        guard case .file(let target) = way.end, !isInside(target) else { return }
        add(DataFile(role: .tablespace, path: try text(target.path), link: path.description))
    }

    /// A path that the server itself names is located by itself: here the links on the way count, and the members of a
    /// directory outside the data directory.
    private mutating func follow(known data: DataFile) throws {
        let way = try view.resolve(FileName(data.path))
        guard case .file(let target) = way.end, isOnVolume(target) else { return }
        for link in way.links { try addOnTheWay(link) }
        guard target.status.isDirectory, !isInside(target) else { return }
        let outside = Self.outside + target.path.description
        places.append(Place(path: target.path, relative: nil, outside: outside, names: data.names))
    }

    /// A link of a chain, or in the path of a target.
    ///
    /// Those in the data directory are archived with it.
    private mutating func addOnTheWay(_ link: SeenFile) throws {
        guard !isInside(link) else { return }
        if isOnVolume(link) { return add(DataFile(role: .link, path: try text(link.path))) }
        let warning = "symbolic link \"\(link.path)\" leads to data, but is not on the volume: it is not archived"
        if !warnings.contains(warning) { note(warning) }
    }

    private mutating func take(_ target: SeenFile, by links: [FileName], isExcluded: Bool, isTop: Bool) throws {
        guard !isInside(target) else { return }
        let isDirectory = target.status.isDirectory
        let link = links[0] == target.path ? nil : links[0].description
        if isOnVolume(target) {
            guard isDirectory || target.status.isRegular, try isExcluded || isReadable(target) else { return }
            if !isExcluded {
                add(DataFile(role: .tablespace, path: try text(target.path), link: link))
            }
            let outside = Self.outside + target.path.description
            var place = Place(path: target.path, relative: nil, outside: outside, isExcluded: isExcluded)
            if isTop { place.database = links[0].last.description }
            if isDirectory { places.append(place) }
        } else if isExcluded || isExcludedByPlace(target) {
            excluded.append(links[0])
        } else if try isData(target, by: links, isTop: isTop) {
            add(DataFile(role: .tablespace, path: try text(target.path), link: link))
        } else if link == nil {
            note("\"\(target.path)\" is a mount that is not on the volume: it is not archived")
        } else {
            let fact = "leads to \"\(target.path)\", which is not on the volume"
            note("symbolic link \"\(links[0])\" \(fact): it is archived as a link")
        }
    }

    /// A file of another user's on the volume is not the server's, although a link leads to it.
    private mutating func isReadable(_ target: SeenFile) throws -> Bool {
        guard target.status.isRegular else { return true }
        do { _ = try view.read(target.path, count: 0) } catch HostError.systemCall(_, _, Self.accessDenied) {
            note("\"\(target.path)\" is not archived: a link leads to it, but the server cannot read it")
            return false
        }
        return true
    }

    /// Whether the server opens the target as data; it opens it by the name of the link.
    private func isData(_ target: SeenFile, by links: [FileName], isTop: Bool) throws -> Bool {
        guard target.status.isDirectory || target.status.isRegular else { return false }
        if (links + [target.path]).contains(where: { DataNames.isData($0.last) }) { return true }
        guard target.status.isDirectory else { return false }
        if isTop, isSchema(links[0].last.description) { return true }
        // Tables of sessions come and go there.
        let isTemporary = temporary.contains(target.status.identity)
        return try DataSearch(in: view, isTemporary: isTemporary).finds(target)
    }

    /// The server writes characters of a database's name but letters, digits and "_" as codes that begin with "@".
    private func isSchema(_ directory: String) -> Bool {
        guard !rules.schemas.isEmpty else { return false }
        return directory.contains("@") || rules.schemas.contains { $0.lowercased() == directory.lowercased() }
    }

    private mutating func add(_ file: DataFile) {
        // One target may have several links.
        guard added.insert(FileName("\(file.role.rawValue) \(file.path)")).inserted else { return }
        files.append(file)
    }

    /// The server's account can make any number of links: the log is not theirs to fill.
    private mutating func note(_ warning: String) {
        if warnings.count < Self.mostWarnings { warnings.append(warning) } else { untold += 1 }
    }

    private mutating func warn(_ link: Place, _ fact: String) {
        guard !link.isExcluded else { return }
        note("symbolic link \"\(link.path)\" \(fact): it is archived as a link")
    }

    // MARK: Places

    private func isOnVolume(_ file: SeenFile) -> Bool { file.mount?.device == volume.device }

    /// By the place on the file system, which may be seen by several mounts.
    private func isInside(_ file: SeenFile) -> Bool {
        guard isOnVolume(file), let mount = file.mount else { return false }
        let top = volume.pathOnFileSystem(datadir.path.description)
        return ("/" + mount.pathOnFileSystem(file.path.description)).isBelow("/" + top)
    }

    private func isExcludedByPlace(_ target: SeenFile) -> Bool {
        let parent = target.path.parent == .root ? "" : target.path.parent.description
        return rules.isExcluded("\(target.path.last)", Self.outside + parent, target.status.isDirectory)
    }

    private func text(_ path: FileName) throws -> String {
        guard let text = path.text else { throw MySQLError.unnameable(path.description) }
        return text
    }

    private static let mostWarnings = 20
    /// The part of the archive with data outside the data directory.
    private static let outside = ".lvmbackup/outside"
    /// The number of ENOENT.
    private static let noSuchFile: Int32 = 2
    /// The number of EACCES.
    private static let accessDenied: Int32 = 13
}

extension MountInfo.Entry {
    /// Whether it shows the same at a path as another mount would: systemd binds directories onto themselves.
    fileprivate func isBound(onto path: FileName, in other: MountInfo.Entry?) -> Bool {
        guard let other, device == other.device else { return false }
        return pathOnFileSystem(path.description) == other.pathOnFileSystem(path.description)
    }
}
