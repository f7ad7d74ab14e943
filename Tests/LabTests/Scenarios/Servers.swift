import Foundation
import Testing

extension LabTests {
    /// Each server with each of its lock plans: a backup under load, a restore by plain tar, a replay, a comparison.
    @Suite struct Servers {
        struct Case: Sendable, CustomTestStringConvertible {
            var plan: String
            /// Options of the live and of the restored server.
            var settings: [String]
            var hasMyISAM: Bool

            var testDescription: String { ([plan] + settings).joined(separator: ", ") }
        }

        static let withoutGTID = ["gtid_mode=OFF", "enforce_gtid_consistency=OFF"]
        static let withGTID = ["enforce_gtid_consistency=ON", "gtid_mode=ON"]

        static let cases: [Case] =
            switch ServerProduct.here {
            case .mariadb:
                [
                    Case(plan: "stage", settings: [], hasMyISAM: true),
                    Case(plan: "read-lock", settings: [], hasMyISAM: true),
                    Case(plan: "none", settings: [], hasMyISAM: false),
                ]
            case .mysql:
                [withoutGTID, withGTID].flatMap { settings in
                    [
                        Case(plan: "read-lock", settings: settings, hasMyISAM: true),
                        Case(plan: "instance", settings: settings, hasMyISAM: false),
                        Case(plan: "none", settings: settings, hasMyISAM: false),
                    ]
                }
            }

        @Test(.servers(), arguments: cases)
        func `a backup of tables of every kind under load is exact`(example: Case) async throws {
            let host = try await DatabaseHost.with(RichSchema.layout(example.settings))
            try await host.setMyISAM(example.hasMyISAM)
            try await RichSchema.create(on: host)
            var proof = ServerProof(host: host, plan: example.plan)
            // The plan that lvmbackup chooses by itself is not asked for.
            proof.options = ["stage", "instance"].contains(example.plan) ? [] : ["--lock", example.plan]
            proof.settings = ["--skip-log-bin"] + RichSchema.layout(example.settings).settings.map { "--\($0)" }
            proof.outside = [RichSchema.outside]
            proof.isChangingAll = true
            try await proof.take("every kind of table\(example.settings == Self.withGTID ? ", GTID on" : "")") {
                try await expectGTIDs($0, of: $1)
            }
            try await expectAlive(host)
        }

        @Test(.serverSample)
        func `a backup under load restores and replays to the live state`() async throws {
            let host = try await DatabaseHost.with()
            let plan = ServerProduct.here == .mysql ? "read-lock" : "stage"
            try await host.setMyISAM(true)
            try await ServerProof(host: host, plan: plan).take("load alone") { try await expectGTIDs($0, of: $1) }
            try await expectAlive(host)
        }

        @Test(.servers())
        func `a server that root started and that changed its user by itself is backed up`() async throws {
            var layout = Layout()
            layout.isStartedByRoot = true
            let host = try await DatabaseHost.with(layout)
            let plan = ServerProduct.here == .mysql ? "read-lock" : "stage"
            try await ServerProof(host: host, plan: plan).take("started by root")
        }
    }
}

/// MySQL's restored server knows exactly the transactions that the set says; without GTIDs the set says none.
func expectGTIDs(
    _ restored: RestoredServer,
    of set: BackupSet,
    at location: SourceLocation = #_sourceLocation
) async throws {
    guard ServerProduct.here == .mysql else { return }
    let executed = try await restored.query("SELECT replace(@@global.gtid_executed, '\\n', '')").first?.first ?? ""
    #expect(set.manifest["coordinates"]["gtid"].string ?? "" == executed, sourceLocation: location)
    let isOn = try await restored.query("SELECT @@global.gtid_mode") == [["ON"]]
    #expect((set.manifest["coordinates"]["gtid"] == .null) == !isOn, sourceLocation: location)
}
