import Host
import Lifecycle

/// The files of the server as they were frozen, looked at once more: a link or a table that came after the first look is
/// in the copy, too.
struct FrozenLayout: Sendable {
    let run: Run
    let connected: MySQLContext.Connected
    let rules: DataRules
    /// Whether the operator accepts a copy that is not consistent.
    let acceptsInconsistent: Bool

    /// Adds the missing paths to the run's location.
    ///
    /// Removes links from the copy that the patterns exclude from the set and by which the recovery server would reach
    /// another volume.
    ///
    /// - Throws: ``MySQLError/elsewhere(_:)`` naming data that is not in the copy; ``MySQLError/tornTables(_:)``,
    ///   ``MySQLError/redoLogOff``; `HostError`.
    func complete(_ location: Location, _ mount: Mount) async throws {
        guard let process = connected.server.process, let origin = DeviceNumber(location.volume.deviceNumber) else {
            return
        }
        let tables = try await remoteTables()
        try await RedoLogStatus.check(connected.session, connected.reading.identity)
        let (tree, seen, added) = try await SerialThread.looking(name: "survey") {
            let tree = try CopiedTree(ProcessView(pid: process.pid), origin: origin, mountPoint: mount.mountPoint)
            let seen = try Account(of: process.pid).assumed { try survey(tree) }
            return (tree, seen, try sort(seen.files + tables, location, tree, origin))
        }
        try checkEngines(seen)
        try await SerialThread.once(name: "survey") { for link in seen.excluded { try tree.remove(link) } }
        run.found(added)
        for warning in seen.warnings where !connected.reading.inventory.warnings.contains(warning) { run.warn(warning) }
    }

    private func survey(_ tree: CopiedTree) throws -> LinkSurvey {
        var rules = rules
        rules.schemas = connected.reading.inventory.schemas
        return try LinkSurvey(of: connected.server.datadir, known: connected.server.files, in: tree, rules)
    }

    /// Under a lock that lets writers go on, a table without crash recovery that came after the first look is torn.
    ///
    /// Under every lock, the rows of a new table may be elsewhere.
    private func checkEngines(_ seen: LinkSurvey) throws {
        let known = connected.reading.inventory
        // The snapshot may have cut short the writing of a definition.
        let found = Inventory(engines: seen.census.uses.filter { $0.engine != EngineInventory.unopened })
        let elsewhere = Self.new(found.enginesElsewhere, beside: known.enginesElsewhere)
        guard elsewhere.isEmpty || acceptsInconsistent else { throw MySQLError.engines(elsewhere) }
        for use in elsewhere { run.warn("\(use.described) came before the snapshot: the rows may be elsewhere") }
        guard CopiedCoordinates.isNeeded(by: run.lock) else { return }
        let torn = Self.new(found.enginesInNeedOfLock, beside: known.enginesInNeedOfLock).map(\.engine)
        guard !torn.isEmpty else { return }
        guard acceptsInconsistent else { throw MySQLError.tornTables(torn) }
        run.warn("tables of \(torn.joined(separator: ", ")) came before the snapshot and were written without a lock")
    }

    private static func new(_ uses: [EngineUse], beside known: [EngineUse]) -> [EngineUse] {
        let known = Set(known.map { $0.engine.lowercased() })
        return uses.filter { !known.contains($0.engine.lowercased()) }
    }

    /// Tablespaces that the dictionary did not name at the first look.
    private func remoteTables() async throws -> [DataFile] {
        let session = connected.session
        var files: [DataFile] = []
        for statement in TablespaceInventory.statements(try await session.query(TablespaceInventory.dictionaries)) {
            let paths = try await session.complete(statement).compactMap { $0["path"] }
            files += TablespaceInventory.remote(paths, datadir: connected.server.datadir, known: connected.server.files)
        }
        return files
    }

    private func sort(
        _ files: [DataFile],
        _ location: Location,
        _ tree: CopiedTree,
        _ origin: DeviceNumber
    ) throws -> [DataPath] {
        var added: [DataPath] = []
        var elsewhere: [String] = []
        let known = Set(location.paths.flatMap { [$0.path, $0.realPath] }.compactMap { $0.map { FileName($0) } })
        for data in files
        where !known.contains(FileName(data.path))
            && !added.contains(where: { FileName($0.path) == FileName(data.path) })
        {
            guard let file = try find(data, tree) else { continue }
            guard data.role == .link || !known.contains(FileName(file.path.description)) else { continue }
            if let mount = file.mount, mount.device == origin {
                let place = mount.pathOnFileSystem(file.path.description)
                let path = data.path.pathComponents.contains("..") ? file.path.description : data.path
                let realPath = file.path.description == path ? nil : file.path.description
                added.append(DataPath(role: data.role, path: path, realPath: realPath, pathOnVolume: place))
            } else {
                let way = data.link.map { ", to which \"\($0)\" leads" } ?? ""
                elsewhere.append("\"\(data.path)\"\(way), is on \"\(file.mount?.source ?? "another volume")\"")
            }
        }
        guard elsewhere.isEmpty else { throw MySQLError.elsewhere(elsewhere) }
        return added
    }

    /// Nil for a file that came after the snapshot.
    private func find(_ data: DataFile, _ tree: CopiedTree) throws -> SeenFile? {
        if data.role == .link { return try tree.look(at: FileName(data.path)) }
        guard case .file(let file) = try tree.resolve(FileName(data.path)).end else { return nil }
        return file
    }
}
