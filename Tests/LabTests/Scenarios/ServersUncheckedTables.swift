import Testing

extension LabTests {
    /// Tables that no private server can check, in sets that are good.
    @Suite struct ServersUncheckedTables {
        private static let tables =
            [
                "discarded (a int) ENGINE=InnoDB", "one (a int) ENGINE=MyISAM", "two (a int) ENGINE=MyISAM",
                "merged (a int) ENGINE=MERGE UNION=(odd.one, odd.two)", "hole (a int) ENGINE=BLACKHOLE",
            ] + (ServerProduct.here == .mysql ? ["parsed (a text, FULLTEXT(a) WITH PARSER simple_parser)"] : [])

        @Test(.servers())
        func `tables that cannot be checked do not mark their set as damaged`() async throws {
            let host = try await DatabaseHost.fresh()
            let isMySQL = ServerProduct.here == .mysql
            let plugin = isMySQL ? "PLUGIN simple_parser SONAME 'mypluglib.so'" : "SONAME 'ha_blackhole'"
            try await host.query("INSTALL \(plugin)")
            try await host.query("CREATE DATABASE odd")
            for table in Self.tables { try await host.query("CREATE TABLE odd.\(table)") }
            try await host.query("ALTER TABLE odd.discarded DISCARD TABLESPACE")
            try await host.query("DROP TABLE odd.two")
            let set = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination).set()
            let verified = try await run(Lab.command, "verify", set.directory, "--level", "start")
            #expect(verified.status == 0, verified.report)
            for table in ["discarded", "merged"] + (isMySQL ? ["parsed"] : []) {
                #expect(verified.errors.contains("left out table \"odd.\(table)\": "), verified.report)
            }
            try await check("rm", "-rf", set.directory)
            await DatabaseHost.forget()
        }
    }
}
