import Host
import Lifecycle

/// Everything that is asked of a server once, when the session is new.
struct ServerReading: Sendable {
    var identity: ServerIdentity
    var variables: ServerVariables
    var inventory: Inventory
    /// Libraries of plug-ins without which the data cannot be read: storage engines and encryption.
    var plugins: [String]
    var process: ServerProcess?

    static let version = "SELECT VERSION() AS `version`, @@global.`version_comment` AS `comment`"
    static let variables = "SHOW GLOBAL VARIABLES"
    static func variableCount(_ identity: ServerIdentity) -> String {
        let schema = identity.isMariaDB ? "information_schema" : "performance_schema"
        let table = identity.isMariaDB ? "GLOBAL_VARIABLES" : "global_variables"
        return "SELECT COUNT(*) AS `number` FROM `\(schema)`.`\(table)`"
    }
    /// Any word may become a reserved one, as LIBRARY did in MySQL 9.2: names and aliases are quoted in every statement.
    static let plugins = """
        SELECT DISTINCT `PLUGIN_LIBRARY` AS `library` FROM `information_schema`.`PLUGINS` \
        WHERE `PLUGIN_STATUS` = 'ACTIVE' AND `PLUGIN_LIBRARY` IS NOT NULL \
        AND (`PLUGIN_TYPE` IN ('STORAGE ENGINE', 'ENCRYPTION', 'KEYRING') OR `PLUGIN_LIBRARY` LIKE 'provider%')
        """

    /// - Throws: ``MySQLError``.
    static func read(_ session: Session, _ rules: DataRules) async throws -> ServerReading {
        guard let row = try await session.query(version).first, let text = row["version"] else {
            throw MySQLError.answer(to: version, missing: "a version")
        }
        let identity = try ServerIdentity(version: text, comment: row["comment"] ?? "")
        var reading = ServerReading(
            identity: identity,
            variables: try ServerVariables(
                try await session.complete(variables, counting: variableCount(identity))
            ),
            inventory: Inventory(),
            plugins: try await session.complete(plugins).compactMap { $0["library"] }
        )
        try await reading.variables.complete { try await session.query($0) }
        try await RedoLogStatus.check(session, identity)
        try await reading.takeInventory(session)
        reading.process = try await reading.findProcess(session)
        try await reading.survey(rules, session)
        return reading
    }

    var server: Server {
        Server(
            flavour: identity.flavour.rawValue,
            version: identity.versionText,
            uuid: variables["server_uuid"],
            datadir: variables.datadir,
            files: inventory.files + FileInventory(identity: identity, variables: variables).systemTables,
            engines: inventory.engines,
            isReplica: inventory.isReplica,
            process: process,
            keys: inventory.keys.isEmpty ? nil : inventory.keys,
            settings: RecordedSettings.of(variables),
            plugins: plugins.isEmpty ? nil : plugins
        )
    }

    private mutating func takeInventory(_ session: Session) async throws {
        let channels = CoordinateReading(identity: identity, logsChanges: false).channels
        inventory.isReplica = try await !session.query(channels).isEmpty
        inventory.engines = try EngineInventory.uses(
            tables: try EngineInventory.complete(try await session.query(EngineInventory.tables)),
            openTables: try EngineInventory.complete(try await session.query(EngineInventory.openTables)),
            transactional: try await session.complete(EngineInventory.transactional)
        )
        inventory.hiddenEngines = try await hiddenEngines(session)
        let known = FileInventory(identity: identity, variables: variables)
        inventory.files = known.files()
        inventory.isBinlogEncrypted = known.isBinlogEncrypted
        inventory.openFiles = known.openFiles()
        try await takeKeys(session, known)
        for statement in TablespaceInventory.statements(try await session.query(TablespaceInventory.dictionaries)) {
            let paths = try await session.complete(statement).compactMap { $0["path"] }
            add(TablespaceInventory.remote(paths, datadir: variables.datadir, known: inventory.files))
        }
    }

    /// Engines of which the server may have tables that neither its answers nor its files show.
    private func hiddenEngines(_ session: Session) async throws -> [String] {
        let enabled = try await session.complete(EngineInventory.enabled).compactMap { $0["engine"] }
        let hidden = enabled.filter { RowPlace(of: $0) == .unknown && !RowPlace.hasDefinitions($0) }.sorted()
        guard !hidden.isEmpty else { return [] }
        do {
            let grants = try await session.query(GrantedPrivileges.statement)
            return GrantedPrivileges(grants).showsAllTables ? [] : hidden
        } catch let error as MySQLError where error.isWithoutGrants {
            return []
        }
    }

    /// Keys lie outside the data: a backup of encrypted tables is of no use without them.
    private mutating func takeKeys(_ session: Session, _ known: FileInventory) async throws {
        var keys = KeyInventory(known: known.keyrings)
        if identity.hasKeyringComponents {
            do {
                keys.read(try await session.query(KeyInventory.component))
            } catch let error as MySQLError where error.isAccessDenied {
                keys.hide(because: error)
            }
        }
        keys.read(plugins: try await session.complete(KeyInventory.plugins))
        add(keys.files)
        inventory.keys = keys.places
        inventory.warnings = keys.warnings
    }

    private mutating func add(_ files: [DataFile]) {
        inventory.files += files.filter { !inventory.files.contains($0) }
    }

    /// Looks into the data directory through the eyes of the server's process, and with its rights.
    private mutating func survey(_ rules: DataRules, _ session: Session) async throws {
        guard let process else { return }
        var rules = rules
        if identity.hasInstanceLock {
            rules.schemas = Set(try await session.complete(EngineInventory.schemas).compactMap { $0["schema"] })
        }
        inventory.schemas = rules.schemas
        let (datadir, files, known) = (variables.datadir, inventory.files, rules)
        let replica = inventory.isReplica ? ReplicaFiles(identity: identity, variables: variables) : nil
        let (survey, warnings) = try await SerialThread.looking(name: "survey") {
            let view = try ProcessView(pid: process.pid)
            return try Account(of: process.pid).assumed {
                (try LinkSurvey(of: datadir, known: files, in: view, known), try replica?.warnings(in: view) ?? [])
            }
        }
        add(survey)
        inventory.warnings += warnings
    }

    /// Tables that the account does not see count like all others.
    private mutating func add(_ survey: LinkSurvey) {
        let known = Set(inventory.files.map(\.path))
        add(survey.files.filter { $0.role == .link || !known.contains($0.path) })
        inventory.warnings += survey.warnings
        inventory.engines = survey.census.completing(inventory.engines)
    }

    /// Nil where the server is on another machine, or not proven to be the session's server.
    private func findProcess(_ session: Session) async throws -> ServerProcess? {
        guard let socket = session.socket else { return nil }
        let openFiles = inventory.openFiles
        return try await SerialThread.looking(name: "process") {
            guard let pid = try LiveServer(openFiles: openFiles).process(behind: socket),
                let started = try ProcessTable().startTime(of: pid)
            else { return nil }
            return ServerProcess(pid: pid, startTime: started, openFiles: openFiles)
        }
    }
}
