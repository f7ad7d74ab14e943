import Foundation
import Testing

extension LabTests {
    /// Backups of a replica whose source is written to: a restored copy goes on as a replica.
    @Suite struct ServersReplicas {
        struct Case: Sendable, CustomTestStringConvertible {
            var plan: String
            var channel: String
            var settings: [String]

            /// MariaDB's replicas always know theirs.
            var hasGTIDs: Bool { ServerProduct.here == .mariadb || settings.contains("gtid_mode=ON") }

            var testDescription: String { (["\(plan), channel '\(channel)'"] + settings).joined(separator: ", ") }
        }

        static let cases: [Case] =
            switch ServerProduct.here {
            case .mariadb:
                ["stage", "read-lock", "none"].map { Case(plan: $0, channel: "site", settings: []) }
                    + [Case(plan: "stage", channel: "", settings: ["slave_parallel_threads=4"])]
            case .mysql:
                [Servers.withoutGTID, Servers.withGTID].flatMap { settings in
                    ["read-lock", "instance", "none"].map {
                        Case(plan: $0, channel: "site", settings: settings + ["replica_parallel_workers=4"])
                    }
                }
            }

        @Test(.servers(), arguments: cases)
        func `a restored copy goes on as a replica from the recorded positions`(example: Case) async throws {
            let host = try await DatabaseHost.fresh(Layout(settings: example.settings))
            try await host.setMyISAM(example.plan == "read-lock" || example.plan == "stage")
            let gtids = example.settings.filter { $0.contains("gtid") }.map { "--\($0)" }
            try await ReplicationSource.of(host, channel: example.channel, options: gtids) { source in
                let set = try await backUp(host, source, example.plan).set()
                let channels = set.manifest["coordinates"]["channels"].elements
                let channel = try #require(channels.first, "no channel: \(set.manifest["coordinates"])")
                #expect(channels.count == 1 && channel["name"].string == example.channel)
                // Two replicas with the UUID of one server disturb each other.
                try await host.query(Self.stop(example.channel))
                #expect(set.manifest["coordinates"]["inexact_because"].string == nil)
                let ways = try Self.ways(channel, of: set, example)
                for way in ways { try await expectGoingOn(way, of: set, example, source) }
                try ServerResults.note(
                    "replica, channel '\(example.channel)'" + (example.hasGTIDs ? ", GTID on" : ""),
                    plan: set.manifest["lock"]["plan"].string ?? "none",
                    held: set.manifest["lock"]["held_seconds"].number,
                    recovery: set.manifest["timings"]["recover"].number,
                    outcome: "went on as a replica by " + ways.map(\.name).joined(separator: " and by ")
                )
                try await check("rm", "-rf", set.directory)
            }
        }

        /// How a restored copy goes on: by a position of the source's log, or by its own GTIDs.
        enum Way: Sendable {
            case position(file: String, Int)
            case gtid(String)

            var name: String { if case .gtid = self { "GTID" } else { "position" } }
        }

        /// All ways that the set promises; a position that is marked is none.
        private static func ways(_ channel: JSONValue, of set: BackupSet, _ example: Case) throws -> [Way] {
            var ways: [Way] = []
            if channel["inexact_because"].string == nil {
                let file = try #require(channel["executed"]["file"].string, "\(set.manifest["coordinates"])")
                ways.append(.position(file: file, Int(try #require(channel["executed"]["position"].number))))
            }
            if example.hasGTIDs {
                let name = ServerProduct.here == .mariadb ? "replica_gtid" : "gtid"
                let coordinates = set.manifest["coordinates"]
                ways.append(.gtid(try #require(coordinates[name].string, "\(coordinates)")))
            }
            try #require(!ways.isEmpty, "no exact position: \(channel)")
            return ways
        }

        /// A backup of the replica while three clients write to its source.
        private func backUp(_ host: DatabaseHost, _ source: ReplicationSource, _ plan: String) async throws -> Backup {
            let loads = try (1...3).map { _ in try source.startLoad() }
            try await until("the replica has rows") {
                let table =
                    "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'site' AND table_name = 'entry'"
                guard try await host.query(table) == [["1"]] else { return false }
                return try await host.query("SELECT count(*) > 100 FROM site.entry") == [["1"]]
            }
            let options = ["--socket", DatabaseHost.socket, "--lock", plan, Lab.destination]
            return try await Backup.run(options) {
                try await source.query("INSERT INTO site.stop VALUES (1)")
                for load in loads {
                    let ended = await load.wait(limit: .seconds(60))
                    #expect(ended.status == 0, ended.report)
                }
            }
        }

        private func expectGoingOn(
            _ way: Way,
            of set: BackupSet,
            _ example: Case,
            _ source: ReplicationSource
        ) async throws {
            // MariaDB does not start where a channel's relay log has another name than in the copy (measured, 11.8).
            let relayLog = ServerProduct.here == .mysql ? "going-on" : "mysqld-relay-bin"
            let settings =
                ["--relay-log=\(relayLog)", "--log-bin=going-on-binlog", "--sync-binlog=0"]
                + example.settings.map { "--\($0)" }
            let content = "SELECT count(*), sum(crc32(concat(id, note))) FROM site.entry"
            let end = try await source.query(content)
            try await RestoredServer.of(set, settings) { restored in
                #expect(try await restored.query(content) != end)
                if case .gtid(let gtid) = way { #expect(try await restored.query(Self.ownGTIDs) == [[gtid]]) }
                try await restored.query(Self.goOn(example.channel, way))
                do {
                    try await until("the restored replica has caught up", limit: .seconds(240)) {
                        try await restored.query(content) == end
                    }
                } catch {
                    Issue.record("\(way): \(try await status(restored).joined(separator: "\n"))")
                    throw error
                }
                let errors = try await status(restored)
                #expect(!errors.contains { $0.contains("_Errno: ") && !$0.hasSuffix(" 0") }, "\(errors)")
            }
        }

        /// The lines of the replica's status that name errors.
        private func status(_ restored: RestoredServer) async throws -> [String] {
            let statement = ServerProduct.here == .mysql ? "SHOW REPLICA STATUS" : "SHOW ALL SLAVES STATUS"
            let client = ServerProduct.here.client(RestoredServer.socket) + ["--vertical"]
            let output = try await check(client, input: statement)
            return output.split(separator: "\n").map(String.init).filter { $0.contains("Err") || $0.contains("Pos") }
        }

        private static func stop(_ channel: String) -> String {
            ServerProduct.here == .mysql ? "STOP REPLICA FOR CHANNEL '\(channel)'" : "STOP SLAVE '\(channel)'"
        }

        private static let ownGTIDs =
            ServerProduct.here == .mariadb
            ? "SELECT @@global.gtid_slave_pos" : "SELECT replace(@@global.gtid_executed, '\\n', '')"

        /// Statements with which a DBA lets a restored replica go on.
        private static func goOn(_ channel: String, _ way: Way) -> String {
            switch ServerProduct.here {
            case .mysql:
                let place =
                    switch way {
                    case .gtid: "SOURCE_AUTO_POSITION = 1"
                    case .position(let file, let position):
                        "SOURCE_AUTO_POSITION = 0, SOURCE_LOG_FILE = '\(file)', SOURCE_LOG_POS = \(position)"
                    }
                return """
                    RESET REPLICA FOR CHANNEL '\(channel)';
                    CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 3307, SOURCE_USER = 'replica',
                    SOURCE_PASSWORD = 'lab', GET_SOURCE_PUBLIC_KEY = 1, \(place) FOR CHANNEL '\(channel)';
                    START REPLICA FOR CHANNEL '\(channel)'
                    """
            case .mariadb:
                let place =
                    switch way {
                    case .gtid: "MASTER_USE_GTID = slave_pos"
                    case .position(let file, let position):
                        "MASTER_USE_GTID = no, MASTER_LOG_FILE = '\(file)', MASTER_LOG_POS = \(position)"
                    }
                return """
                    RESET SLAVE '\(channel)';
                    CHANGE MASTER '\(channel)' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 3307,
                    MASTER_USER = 'replica', MASTER_PASSWORD = 'lab', \(place);
                    START SLAVE '\(channel)'
                    """
            }
        }
    }
}
