import Foundation
import Testing

extension LabTests {
    /// Encrypted logs and tables of MySQL, whose keys lie in a file of the component `component_keyring_file`.
    @Suite struct ServersEncryption {
        static let keys = "/var/lib/mysql-keys/keyring"

        /// A host whose server has the keyring; the component's files are those that the manual names.
        private func host(_ settings: [String]) async throws -> DatabaseHost {
            await DatabaseHost.forget()
            try await check("install", "-d", "-o", "mysql", "-g", "mysql", "-m", "700", "/var/lib/mysql-keys")
            try await check("rm", "-f", Self.keys)
            let components = #"{ "components": "file://component_keyring_file" }"#
            let configuration = #"{ "path": "\#(Self.keys)", "read_only": false }"#
            try components.write(toFile: "/usr/sbin/mysqld.my", atomically: false, encoding: .utf8)
            let plugins = "/usr/lib/mysql/plugin"
            try configuration.write(
                toFile: "\(plugins)/component_keyring_file.cnf",
                atomically: false,
                encoding: .utf8
            )
            return try await DatabaseHost.fresh(Layout(settings: settings))
        }

        private func withoutKeyring() async throws {
            await DatabaseHost.forget()
            try await check("rm", "-f", "/usr/sbin/mysqld.my", "/usr/lib/mysql/plugin/component_keyring_file.cnf")
        }

        @Test(.servers(.mysql), arguments: ["read-lock", "instance", "none"])
        func `encrypted tables and logs are backed up, and the file of the keys is named`(plan: String) async throws {
            let host = try await host([
                "binlog_encryption=ON", "innodb_redo_log_encrypt=ON", "innodb_undo_log_encrypt=ON",
            ])
            try await host.setMyISAM(plan == "read-lock")
            try await host.query("CREATE TABLE shop.secret (id int PRIMARY KEY, note text) ENCRYPTION='Y'")
            try await host.query("INSERT INTO shop.secret SELECT id, note FROM shop.orders WHERE id < 500")
            let key = try await check("md5sum", Self.keys)
            var proof = ServerProof(host: host, plan: plan)
            proof.options = plan == "instance" ? [] : ["--lock", plan]
            let backup = try await proof.take("encrypted tables, binary, redo and undo logs")
            let warnings = backup.events("warning").compactMap { $0["text"].string }
            #expect(warnings.contains { $0.contains(Self.keys) }, backup.report)
            #expect(!warnings.contains { $0.contains("longer") }, backup.report)
            // The recovery server has the keys and never writes them.
            #expect(try await check("md5sum", Self.keys) == key)
            try await withoutKeyring()
        }
    }
}
