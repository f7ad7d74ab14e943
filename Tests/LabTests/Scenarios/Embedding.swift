import Foundation
import Testing

extension LabTests {
    /// The library in a program of its own: several runs at once, cancelled, and beside the program's own affairs.
    @Suite struct Embedding {
        private static let source = "/srv/files"

        /// A file system on a second volume of the group, gone when `body` returns.
        private func withFiles<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
            try await check("lvcreate", "-q", "-y", "-Wy", "-n", "files", "-L", "400M", "lab")
            try await check("mkfs.xfs", "-q", "/dev/lab/files")
            try await check("mkdir", "-p", Self.source)
            try await check("mount", "/dev/lab/files", Self.source)
            try await check("cp", "-a", "/etc/lvm", "/etc/mysql", Self.source)
            do {
                let value = try await body()
                try await check("umount", Self.source)
                try await check("lvremove", "-q", "-y", "lab/files")
                return value
            } catch {
                await DatabaseHost.forget()
                throw error
            }
        }

        private func embedded(_ arguments: String...) async throws -> Command.Result {
            try await Command([Lab.product("LabPlainVolume")] + arguments).wait()
        }

        private func values(_ key: String, in output: String) -> [String] {
            output.split(separator: "\n").filter { $0.hasPrefix("\(key): ") }.map {
                String($0.dropFirst(key.count + 2))
            }
        }

        private func expectUntouched(_ program: Command.Result) {
            #expect(values("before", in: program.output).count == 1, program.report)
            #expect(values("before", in: program.output) == values("after", in: program.output), program.report)
            #expect(values("handler", in: program.output) == ["called"], program.report)
        }

        @Test(.complete)
        func `two volumes are backed up at once in one process, a server's under load and another`() async throws {
            let host = try await DatabaseHost.fresh()
            try await withFiles {
                let before = try await Traces.now()
                let (program, _) = try await underLoad {
                    try await embedded("server", Lab.destination, Self.source, Lab.destination)
                }
                try #require(program.status == 0, program.report)
                expectUntouched(program)
                try await expectNoTraces(since: before)
                let (live, copy) = (values("live", in: program.output), values("copy", in: program.output))
                #expect(live.count == 1 && copy.count == 1 && live != copy, program.report)
                #expect(values("program", in: program.output) == ["hello"], program.report)
                let sets = try values("set", in: program.output).map { try BackupSet(directory: $0) }
                try #require(sets.count == 2, program.report)
                try await RestoredServer.of(sets[0]) { restored in
                    try await expectReplay(restored, of: sets[0], reaches: host)
                }
                let restored = "/srv/files-copy"
                try await check("mkdir", restored)
                try await check("tar", "--zstd", "-xf", sets[1].archive, "-C", restored)
                try await check("diff", "-r", Self.source, restored)
                try await check("rm", "-r", restored)
            }
        }

        @Test(.complete)
        func `cancelling the task ends both runs, and everything is released`() async throws {
            let host = try await DatabaseHost.with()
            try await withFiles {
                let before = try await Traces.now()
                let program = try await embedded("--cancel", "server", Lab.destination, Self.source, Lab.destination)
                #expect(program.status == 1, program.report)
                #expect(values("ending", in: program.output) == ["failed", "failed"], program.report)
                #expect(values("set", in: program.output) == ["none", "none"], program.report)
                expectUntouched(program)
                try await expectNoTraces(since: before)
            }
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the example that embeds the library takes a backup`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let program = try await Command([Lab.product("embed"), Lab.destination]).wait()
            #expect(program.output.contains("exit status of the command would be 0\n"), program.report)
            #expect(program.output.contains("the server was locked for "), program.report)
            try await expectNoTraces(since: before)
            let set = try BackupSet(directory: try #require(values("backup set", in: program.output).first))
            try await RestoredServer.of(set) { restored in
                try await expectReplay(restored, of: set, reaches: host)
            }
        }
    }
}
