import Foundation
import Testing

extension LabTests {
    /// The library in another program, with other data than a database's.
    @Suite struct Closures {
        @Test(.complete)
        func `with connect, flush, lock and recover replaced, no MySQL library is called`() async throws {
            _ = try await DatabaseHost.fresh()
            let source = "/srv/files"
            try await check("lvcreate", "-q", "-y", "-n", "files", "-L", "400M", "lab")
            try await check("mkfs.xfs", "-q", "/dev/lab/files")
            try await check("mkdir", "-p", source)
            try await check("mount", "/dev/lab/files", source)
            try await check("cp", "-a", "/etc/lvm", "/etc/mysql", source)

            let before = try await Traces.now()
            let run = try await run(
                Lab.product("LabPlainVolume"),
                source,
                Lab.destination,
                environment: ["LD_DEBUG": "bindings"]
            )
            try #require(run.status == 0, run.report)
            #expect(called(run.errors) == [])
            #expect(value("before", in: run.output) == value("after", in: run.output))
            try await expectNoTraces(since: before)

            let set = try BackupSet(directory: try #require(value("set", in: run.output)))
            #expect(set.manifest["server"]["flavour"].string == "files")
            let copy = "/srv/files-copy"
            try await check("mkdir", copy)
            try await check("tar", "--zstd", "-xf", set.archive, "-C", copy)
            try await check("diff", "-r", source, copy)
            try await check("rm", "-r", copy)
            try await check("umount", source)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `a call of the MySQL library would be seen`() async throws {
            _ = try await DatabaseHost.with()
            let writers = try await run(
                Lab.product("LabWriters"),
                "--log",
                "/tmp/lab-control",
                "--rows",
                "1",
                environment: ["LD_DEBUG": "bindings"]
            )
            #expect(called(writers.errors).contains("mysql_real_connect"))
        }

        /// Functions of Connector/C that the dynamic linker bound for the program, which it does at the first call;
        /// what the library binds of itself as it is loaded does not count.
        private func called(_ trace: String) -> Set<String> {
            Set(
                trace.split(separator: "\n").compactMap { line in
                    if line.contains(/binding file \S*libmariadb/) { return nil }
                    return line.range(of: "symbol `mysql_").map {
                        "mysql_" + line[$0.upperBound...].prefix { $0 != "'" }
                    }
                }
            )
        }

        private func value(_ key: String, in output: String) -> String? {
            output.split(separator: "\n").first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) }
        }
    }
}
