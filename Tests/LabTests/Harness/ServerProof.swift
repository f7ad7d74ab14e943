import Foundation
import Testing

/// A backup under load on the lab's server, proven by a restore with plain `tar`, and measured.
struct ServerProof: Sendable {
    var host: DatabaseHost
    /// The plan that the run must have taken.
    var plan: String
    /// Options of the run.
    var options: [String] = []
    /// How the run finds the server.
    var connection = ["--socket", DatabaseHost.socket]
    /// Options of the restored server.
    var settings: [String] = ["--skip-log-bin"]
    /// Whether every table of the schema `rich` changes during the backup.
    var isChangingAll = false
    /// Global variables that have these values for sessions that begin during the backup; as SQL.
    var globals: [(name: String, value: String)] = []
    /// Files that the backup must neither write nor replace.
    var untouched: [String] = []
    /// Directories outside the data directory that the restored server sees in place of the live ones.
    var outside: [String] = []

    /// Takes the backup while writers write, and proves it.
    ///
    /// - Parameters:
    ///   - title: the row of the table of results.
    ///   - suite: the file of the suite that the row belongs to.
    @discardableResult
    func take(
        _ title: String,
        at location: SourceLocation = #_sourceLocation,
        in suite: String = #fileID,
        proof: (RestoredServer, BackupSet) async throws -> Void = { _, _ in }
    ) async throws -> Backup {
        let tables = try await writableTables()
        let (backup, load) = try await underLoad(myisam: tables.contains("myisam") ? 1 : 0) {
            try await isChangingAll ? RichSchema.whileChanging(host, run) : run()
        }
        let set = try backup.set(at: location)
        // The manifest of a run without a lock has none.
        let taken = set.manifest["lock"]["plan"].string ?? "none"
        #expect(taken == plan, backup.report, sourceLocation: location)
        #expect(backup.event("recovered")?["clean"].bool == true, backup.report, sourceLocation: location)
        var compared = (tables: 0, equal: 0)
        try await RestoredServer.of(set, settings, outside: outside) { restored in
            try await expectExactlyTheFreeze(restored, backup.freeze(at: location), load, tables: tables, at: location)
            try await expectClosedTables(restored, at: location)
            try await proof(restored, set)
            compared = try await expectReplay(restored, of: set, reaches: host, at: location)
        }
        try ServerResults.note(
            title,
            plan: taken,
            held: set.manifest["lock"]["held_seconds"].number,
            stall: tables.map { load.longestStall($0, in: try backup.window(at: location)) }.max() ?? 0,
            recovery: set.manifest["timings"]["recover"].number,
            outcome: "\(compared.equal) of \(compared.tables) tables equal",
            in: suite
        )
        try await check("rm", "-rf", set.directory)
        return backup
    }

    private func run() async throws -> Backup {
        let before = try await untouchedFiles()
        let backup = try await runWithGlobals()
        #expect(try await untouchedFiles() == before)
        return backup
    }

    /// Content, inode and times of each, and the names beside it.
    private func untouchedFiles() async throws -> [String] {
        var state: [String] = []
        for file in untouched {
            state.append(try await check("stat", "-c", "%n %i %s %y %z", file))
            state.append(try await check("md5sum", file))
            state.append(try await check("ls", URL(fileURLWithPath: file).deletingLastPathComponent().path))
        }
        return state
    }

    private func runWithGlobals() async throws -> Backup {
        let options = connection + options + [Lab.destination]
        guard !globals.isEmpty else { return try await Backup.run(options) }
        let names = globals.map { "@@global.\($0.name)" }.joined(separator: ", ")
        let before = try #require(try await host.query("SELECT \(names)").first)
        // Sent by one session: those that come after it have the values.
        try await host.query(globals.map { "SET GLOBAL \($0.name) = \($0.value)" }.joined(separator: "; "))
        let backup: Result<Backup, any Error>
        do { backup = .success(try await Backup.run(options)) } catch { backup = .failure(error) }
        let back = zip(globals, before).map { "SET GLOBAL \($0.name) = \(Self.literal($1))" }
        // The server takes the global collation for a session of its own character set (measured, MySQL 9.7.4).
        try await host.query("SET NAMES utf8mb4; SET SESSION sql_mode = ''; " + back.joined(separator: "; "))
        #expect(try await host.query("SELECT \(names)").first == before)
        return try backup.get()
    }

    private static func literal(_ value: String) -> String { Double(value) == nil ? "'\(value)'" : value }

    private func writableTables() async throws -> [String] {
        try await host.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'load' ORDER BY 1")
            .map { $0[0] }
    }
}

extension DatabaseHost {
    /// Makes the MyISAM table of the load where it is missing, or drops it: the plans without a read lock need that.
    func setMyISAM(_ isPresent: Bool) async throws {
        try await query(
            isPresent
                ? """
                CREATE TABLE IF NOT EXISTS `load`.myisam
                (writer int, sequence int, padding varchar(120), PRIMARY KEY (writer, sequence)) ENGINE=MyISAM
                """
                : "DROP TABLE IF EXISTS `load`.myisam"
        )
    }
}
