import Foundation
import Testing

extension LabTests {
    /// XA transactions of users that are prepared while the snapshot is taken.
    @Suite struct ServersPrepared {
        static let plans =
            ServerProduct.here == .mysql ? ["read-lock", "instance", "none"] : ["stage", "read-lock", "none"]

        @Test(.servers(), arguments: plans)
        func `a prepared XA transaction stays prepared in the copy, and is committed by the replay`(plan: String)
            async throws
        {
            let host = try await DatabaseHost.fresh()
            try await host.setMyISAM(plan == "read-lock" || plan == "stage")
            try await host.query("CREATE TABLE shop.prepared (id int PRIMARY KEY, note varchar(30))")
            for name in ["one", "two"] {
                try await host.query(
                    """
                    XA START '\(name)'; INSERT INTO shop.prepared VALUES (\(name == "one" ? 1 : 2), '\(name)');
                    XA END '\(name)'; XA PREPARE '\(name)'
                    """
                )
            }
            var proof = ServerProof(host: host, plan: plan)
            proof.options = ["--lock", plan]
            try await proof.take("two prepared XA transactions") { restored, _ in
                let names = { (rows: [[String]]) in rows.compactMap(\.last).sorted() }
                #expect(names(try await restored.query("XA RECOVER")) == ["one", "two"])
                #expect(try await restored.query("SELECT count(*) FROM shop.prepared") == [["0"]])
                // The binary log of the live server decides, and the replay brings that to the copy.
                try await host.query("XA COMMIT 'one'; XA ROLLBACK 'two'")
            }
            #expect(try await host.query("SELECT note FROM shop.prepared") == [["one"]])
            await DatabaseHost.forget()
        }
    }
}
