import Host
import Lifecycle

/// The private directory of a private server, with its option file, and the mounts by which the server sees its data.
struct PrivateServerPlace: Sendable {
    let directory: RecoveryDirectory
    let files: RecoveryFiles
    let covers: [NamespaceCopy.Cover]
    let identity: ServerIdentity
    private let plan: PrivateServer.Plan
    private let account: ServerAccount
    private let executable: ServerExecutable

    /// Makes the directory; blocks.
    ///
    /// - Throws: ``MySQLError``, `HostError`; nothing is left then.
    init(_ plan: PrivateServer.Plan) throws {
        self.plan = plan
        identity = try ServerIdentity(version: plan.server.version, comment: plan.server.flavour)
        executable =
            try plan.executable.map { try ServerExecutable(named: $0, seenBy: nil) }
            ?? ServerExecutable(installedFor: identity)
        let data = try HeldDirectory.following(plan.data)
        account = try ServerAccount(ofSet: data.status().identity, accepting: plan.acceptedUser)
        directory = RecoveryDirectory(of: plan.run, in: plan.runtimeDirectory)
        try plan.intend(RecordedUndo(directory.undo, for: .scratchDirectory))
        files = try directory.create(for: account)
        do {
            let view = PrivateView(plan: plan, owner: account.uid)
            let place = try view.place() ?? Self.ownPlace(in: directory, files)
            let outside = try OutsideView(plan.outside, coverable: view.coverable)
            let own = NamespaceCopy.Cover(files.seen, over: directory.seen)
            covers = [own] + (try outside.covers(with: NamespaceCopy.Cover(data, over: place.real)))
            let options = RecoveryOptionFile(
                directory: directory,
                identity: identity,
                variables: try Self.variables(plan, outside.known, at: place.named),
                plugins: RecordedSettings.libraries(plan.server.plugins ?? []),
                runsAsRoot: false,
                refusesWrites: !plan.isWritable,
                ignoredDatabases: try identity.isMariaDB ? Self.noDatabases(in: data) : []
            )
            try files.write(options.text, to: FileName(RecoveryFiles.options))
            try PrivateServer.writeClientOptions(directory.clientSocket, in: files.client)
        } catch {
            // The first error is the one to report; a remaining directory is in the record.
            try? directory.remove()
            throw error
        }
    }

    /// A directory over which the data is laid where this host has none of the recorded path.
    private static func ownPlace(
        in directory: RecoveryDirectory,
        _ files: RecoveryFiles
    ) throws -> PrivateView.Place {
        _ = try files.seen.createDirectory("data")
        let path = directory.seen + "/data"
        return PrivateView.Place(named: path, real: path)
    }

    private static func variables(
        _ plan: PrivateServer.Plan,
        _ outside: [String],
        at place: String
    ) throws -> ServerVariables {
        let settings = RecordedSettings(
            datadir: FilePath.normalized(plan.server.datadir),
            outside: outside,
            values: plan.server.settings ?? [:]
        )
        var variables = try settings.variables(at: place)
        if plan.isRecovered { variables.values["log_bin"] = nil }
        return variables
    }

    /// Directories that MariaDB lists as databases, and calls an error, although no statement can name them: it takes no name
    /// with one of these signs, not even behind "#mysql50#" (measured, 10.11).
    ///
    /// Such are `.lvmbackup` of a restored set, and a file system's `.snapshot`.
    private static func noDatabases(in data: HeldDirectory) throws -> [String] {
        try data.members().filter { $0.kind == .directory && !Set($0.name.bytes).isDisjoint(with: ".~\\".utf8) }
            .compactMap(\.name.text)
    }

    func plan(in namespace: NamespaceCopy) -> RecoveryServer.Plan {
        RecoveryServer.Plan(
            executable: executable,
            account: account,
            directory: directory,
            files: files,
            namespace: namespace,
            run: plan.run,
            limit: plan.limit
        )
    }
}

/// The place at which a private server sees its data, and the directories of this host that data may be laid over.
struct PrivateView {
    struct Place {
        /// In the server's settings.
        var named: String
        /// Without symbolic links.
        var real: String
    }

    let plan: PrivateServer.Plan
    let owner: UInt32

    /// The recorded data directory, where this host has one; nil where it has none.
    func place() throws -> Place? {
        let named = FilePath.normalized(plan.server.datadir)
        return coverable(named).map { Place(named: named, real: $0) }
    }

    /// The path without symbolic links; nil for what is no directory of the data's owner.
    ///
    /// A set may come from anywhere, and must not hide directories in which the server's program finds its libraries.
    func coverable(_ path: String) -> String? {
        // A directory that is not there or cannot be looked at is not covered.
        guard path.isAbsolutePath, let real = try? FileSystem.realPath(path),
            let identity = try? HeldDirectory(real).status().identity
        else { return nil }
        return identity.isDirectory && identity.uid == owner && owner != 0 ? real : nil
    }
}
