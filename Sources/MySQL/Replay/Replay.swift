import Host
package import Lifecycle

/// Applies binary logs to restored data: the server's own programs, `mysqlbinlog` and its client, on a private server.
///
/// The logs belong to others: this process reads them by descriptor and feeds them to the programs, which run as a user of
/// no account.
package struct Replay: Sendable {
    private let plan: ReplayPlan
    private let server: PrivateServer
    private let run: String

    /// - Parameters:
    ///   - server: a writable one on the restored data.
    ///   - run: marks the processes.
    package init(_ plan: ReplayPlan, on server: PrivateServer, run: String) {
        self.plan = plan
        self.server = server
        self.run = run
    }

    /// Looks for the programs that a replay needs, before hours are spent on a restore.
    ///
    /// - Parameter executable: the server's program where the operator names one.
    /// - Throws: ``MySQLError/executable(_:reason:)`` where users other than root could have changed one; `HostError`
    ///   where one is not installed.
    package static func checkPrograms(of server: Server, executable: String?) throws {
        if executable == nil {
            _ = try ServerExecutable(installedFor: ServerIdentity(version: server.version, comment: server.flavour))
        }
        for purpose in [ServerProgram.Purpose.binlog, .client] { _ = try ServerProgram(purpose, of: server) }
    }

    /// Applies all transactions up to the target.
    ///
    /// - Throws: ``MySQLError/replay(reason:advice:)`` with the first error of the server; `HostError`,
    ///   `CancellationError`. The data is between the backup and the target then.
    package func run() async throws {
        guard plan.transactions > 0 else { return }
        let session = try await server.openSession()
        try await prepare(session)
        try await apply()
        try await checkArrival(session)
        try await session.close()
    }

    static let packets = "SET GLOBAL `max_allowed_packet` = 1073741824"
    static let mode = "SELECT @@GLOBAL.`gtid_mode`"

    static func setMode(_ mode: String) -> String { "SET GLOBAL `gtid_mode` = '\(mode)'" }

    static func isExecuted(_ gtid: String) -> String { "SELECT GTID_SUBSET('\(gtid)', @@GLOBAL.`gtid_executed`)" }

    /// The largest transactions must pass; on MySQL, transactions with GTIDs and without.
    private func prepare(_ session: Session) async throws {
        _ = try await session.query(Self.packets)
        guard !server.isMariaDB else { return }
        // The server takes one step at a time.
        let modes = ["OFF", "OFF_PERMISSIVE", "ON_PERMISSIVE", "ON"]
        let rows = try await session.query(Self.mode)
        guard var mode = rows.first?[0].flatMap({ modes.firstIndex(of: $0) }) else {
            throw MySQLError.answer(to: Self.mode, missing: "a mode that is known")
        }
        while mode != 2 {
            mode += mode < 2 ? 1 : -1
            _ = try await session.query(Self.setMode(modes[mode]))
        }
    }

    private func apply() async throws {
        let reader = try ServerProgram(.binlog, of: server.recorded)
        let client = try ServerProgram(.client, of: server.recorded)
        let feed = try CommandFeed()
        let user = try await SerialThread.once(name: "account") { [server] in
            let user = try UnusedAccount.user(alsoIn: server.group)
            if let user { try server.admit(user) }
            return user
        }
        var reading = command(reader, ["--no-defaults", "-"], user)
        reading.standardInput = feed.end
        // Without grant tables the server takes no statement about accounts. Reading them ends that; this session, which
        // began before, keeps all rights.
        let options = ["--binary-mode", "--max-allowed-packet=1G", "--init-command=FLUSH PRIVILEGES"]
        let applying = command(client, server.clientOptions + options, user)
        async let isFed = SerialThread.once(name: "feed") { [plan] in
            defer { feed.close() }
            return try plan.parts.allSatisfy { try $0.write(to: feed, isFirst: $0.name == plan.parts.first?.name) }
        }
        let pipeline = Pipeline([reading, applying])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [server] in try await FeedWatch(feed: feed, server: server.pid).run() }
            group.addTask {
                _ = try await pipeline.run(by: .system) { results in
                    // The reader of the logs ends by SIGPIPE where the client gives up.
                    try Self.check(results[1], pipeline.commands[1])
                    try Self.check(results[0], pipeline.commands[0])
                }
            }
            try await group.next()
            group.cancelAll()
        }
        guard try await isFed else {
            throw MySQLError.replay(reason: "\"\(reading.executable)\" did not read the logs to their end", advice: nil)
        }
    }

    private func command(_ program: ServerProgram, _ arguments: [String], _ user: Command.User?) -> Command {
        var command = Command(program.path, arguments, environment: RunProcesses.mark(run), user: user)
        // As long as it takes: replaying a week may take a day.
        command.deadline = .seconds(100 * 86_400)
        return command
    }

    private static func check(_ result: CommandResult, _ command: Command) throws {
        guard !result.isSuccess else { return }
        throw MySQLError.replay(
            reason: "\"\(command.executable)\" \(result.status): \(result.reason.prefix(1000))",
            advice: "see whether the logs are those of the server that was backed up"
        )
    }

    /// A transaction that the server has already had under its GTID is skipped in silence: then it must have been there.
    private func checkArrival(_ session: Session) async throws {
        guard !server.isMariaDB, let gtid = plan.stop.gtid else { return }
        let rows = try await session.query(Self.isExecuted(gtid))
        guard rows.first?[0] == "1" else {
            throw MySQLError.replay(reason: "the transaction \(gtid) was not applied", advice: nil)
        }
    }
}

extension ReplayPlan.Part {
    /// The first four bytes of a log, and its first event, which tells how to read the others, go before everything.
    fileprivate func write(to feed: CommandFeed, isFirst: Bool) throws -> Bool {
        var header: UInt64 = 4
        try BinlogReader.events(of: log) { event in
            header = event.end
            return false
        }
        let start = range.lowerBound
        guard try feed.write(log, (isFirst ? 0 : 4)..<header) else { return false }
        return try feed.write(log, max(start, header)..<max(start, header, range.upperBound))
    }
}
