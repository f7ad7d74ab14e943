import Foundation
import Testing

extension LabTests {
    /// Encrypted logs and tables, whose keys lie in a file outside the data directory: of MySQL's component
    /// `component_keyring_file`, or of MariaDB's plug-in `file_key_management`.
    @Suite struct ServersEncryption {
        struct Case: Sendable, CustomTestStringConvertible {
            var plan: String
            /// Plans that read the coordinates in the copy need a plain one.
            var encryptsBinlog: Bool

            var testDescription: String { plan + (encryptsBinlog ? ", encrypted binary log" : "") }
        }

        static let directory = "/var/lib/mysql-keys"
        static let keys = "\(directory)/keyring"
        static let manifest = "/usr/sbin/mysqld.my"
        static let configuration = "/usr/lib/mysql/plugin/component_keyring_file.cnf"

        static let cases =
            (ServerProduct.here == .mysql ? ["read-lock"] : ["stage", "read-lock"])
            .map { Case(plan: $0, encryptsBinlog: true) }
            + (ServerProduct.here == .mysql ? ["instance", "none"] : ["none"])
            .map { Case(plan: $0, encryptsBinlog: false) }

        /// Options that make a server find its keys and encrypt what it can.
        private static func settings(encryptsBinlog: Bool) -> [String] {
            switch ServerProduct.here {
            case .mysql:
                ["innodb_redo_log_encrypt=ON", "innodb_undo_log_encrypt=ON"]
                    + (encryptsBinlog ? ["binlog_encryption=ON"] : [])
            case .mariadb:
                [
                    "plugin_load_add=file_key_management", "file_key_management_filename=\(keys)",
                    "innodb_encrypt_tables=ON", "innodb_encrypt_log=ON", "innodb_encryption_threads=2",
                    "aria_encrypt_tables=ON", "encrypt_tmp_files=ON",
                ] + (encryptsBinlog ? ["encrypt_binlog=ON"] : [])
            }
        }

        /// A host whose server has the keys.
        private func host(encryptsBinlog: Bool) async throws -> DatabaseHost {
            await DatabaseHost.forget()
            // Root makes the template: with the component it would make the file of the keys, too, as its own.
            try await check("\(Lab.tools)/database-host", "template")
            try await check("install", "-d", "-o", "mysql", "-g", "mysql", "-m", "700", Self.directory)
            try await check("rm", "-f", Self.keys)
            switch ServerProduct.here {
            case .mysql:
                // The component's files are those that the manual names.
                try write(#"{ "components": "file://component_keyring_file" }"#, Self.manifest)
                try write(#"{ "path": "\#(Self.keys)", "read_only": false }"#, Self.configuration)
            case .mariadb:
                try write("1;\(String(repeating: "0123456789abcdef", count: 4))\n", Self.keys)
                try await check("chown", "mysql:", Self.keys)
            }
            return try await DatabaseHost.fresh(Layout(settings: Self.settings(encryptsBinlog: encryptsBinlog)))
        }

        private func write(_ text: String, _ path: String) throws {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }

        private func withKeys(encryptsBinlog: Bool, _ body: (DatabaseHost) async throws -> Void) async throws {
            let result: Result<Void, any Error>
            do { result = .success(try await body(try await host(encryptsBinlog: encryptsBinlog))) } catch {
                result = .failure(error)
            }
            await DatabaseHost.forget()
            try await check("rm", "-f", Self.manifest, Self.configuration)
            try result.get()
        }

        @Test(.servers(), arguments: cases)
        func `encrypted tables and logs are backed up, and the file of the keys is named`(example: Case) async throws {
            try await withKeys(encryptsBinlog: example.encryptsBinlog) { host in
                let plan = example.plan
                try await host.setMyISAM(plan == "read-lock" || plan == "stage")
                let option = ServerProduct.here == .mysql ? "ENCRYPTION='Y'" : "ENCRYPTED=YES"
                try await host.query("CREATE TABLE shop.secret (id int PRIMARY KEY, note text) \(option)")
                try await host.query("INSERT INTO shop.secret SELECT id, note FROM shop.orders WHERE id < 500")
                var proof = ServerProof(host: host, plan: plan)
                proof.options = ["instance", "stage"].contains(plan) ? [] : ["--lock", plan]
                proof.settings += Self.settings(encryptsBinlog: false).map { "--\($0)" }
                // The recovery server has the keys and never writes them.
                proof.untouched = [Self.keys]
                let logs = example.encryptsBinlog ? "tables, binary, redo and undo logs" : "tables, redo and undo logs"
                let backup = try await proof.take("encrypted \(logs)")
                let warnings = backup.events("warning").compactMap { $0["text"].string }
                #expect(warnings.contains { $0.contains(Self.keys) }, backup.report)
                #expect(!warnings.contains { $0.contains("longer") || $0.contains("newest log") }, backup.report)
            }
        }

        @Test(.servers())
        func `without a lock an encrypted binary log is refused, and the lock is chosen by itself`() async throws {
            try await withKeys(encryptsBinlog: true) { host in
                try await host.setMyISAM(false)
                let options = ["--socket", DatabaseHost.socket, Lab.destination]
                for plan in ServerProduct.here == .mysql ? ["instance", "none"] : ["none"] {
                    let backup = try await Backup.run(["--lock", plan] + options)
                    #expect(backup.status == 78, backup.report)
                    #expect(backup.said.contains("the binary log is encrypted"), backup.report)
                    #expect(backup.event("locked") == nil, backup.report)
                }
                let set = try await Backup.run(options).set()
                let plan = ServerProduct.here == .mysql ? "read-lock" : "stage"
                #expect(set.manifest["lock"]["plan"].string == plan)
                try await check("rm", "-rf", set.directory)
            }
        }
    }
}
