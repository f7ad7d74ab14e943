import Testing

extension LabTests {
    /// The content of a copy that was taken from under busy writers.
    @Suite struct Consistency {
        static let lockedLayouts =
            Lab.isComplete
            ? ["xfs", "ext4"].flatMap { filesystem in
                [false, true].map { Layout(filesystem: filesystem, isThin: $0) }
            }.flatMap { layout in ["stage", "read-lock"].map { (layout, $0) } }
            : [(Layout(filesystem: "xfs"), "stage"), (Layout(filesystem: "ext4", isThin: true), "read-lock")]

        @Test(.sample, arguments: lockedLayouts)
        func `a copy under load holds what was acknowledged before it, and replays to the live state`(
            layout: Layout,
            lock: String
        ) async throws {
            let host = try await DatabaseHost.with(layout)
            let (backup, load) = try await underLoad {
                try await Backup.run("--lock", lock, Lab.destination)
            }
            let set = try backup.set()
            #expect(set.manifest["lock"]["plan"].string == lock)
            #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            try await RestoredServer.of(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb", "myisam"])
                try await expectClosedTables(restored)
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        static let unlockedLayouts =
            Lab.isComplete
            ? ["xfs", "ext4"].flatMap { [Layout(filesystem: $0), Layout(filesystem: $0, isThin: true)] }
            : [Layout(filesystem: "xfs")]

        @Test(.sample, arguments: unlockedLayouts)
        func `a copy without a lock is as exact, and the server is sent no statement that could block`(
            layout: Layout
        ) async throws {
            let host = try await DatabaseHost.fresh(layout)
            try await host.query("DROP TABLE `load`.myisam")
            let statements = try await StatementLog.start(on: host)
            let (backup, load) = try await underLoad(myisam: 0) {
                try await Backup.run("--lock", "none", Lab.destination)
            }
            let sent = try await statements.stop()
            #expect(!sent.isEmpty)
            #expect(sent.filter(StatementLog.couldBlock) == [])
            let set = try backup.set()
            try await RestoredServer.of(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb"])
                try await expectReplay(restored, of: set, reaches: host)
            }
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `without a lock MyISAM tables are refused by name`() async throws {
            let host = try await DatabaseHost.with()
            let backup = try await Backup.run("--lock", "none", Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("MyISAM"), backup.report)
            try await expectAlive(host)
        }
    }
}
