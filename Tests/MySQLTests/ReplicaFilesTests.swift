import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct ReplicaFilesTests {
    private let scratch: ScratchDirectory
    private let data: String

    init() throws {
        scratch = try ScratchDirectory()
        data = scratch.path + "/data"
        mkdir(data, 0o755)
    }

    private func touch(_ path: String) { close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)) }

    private func replica(_ version: String, _ variables: [String: String]) throws -> ReplicaFiles {
        ReplicaFiles(
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(variables.merging(["datadir": data]) { $1 })
        )
    }

    @Test(
        arguments: [
            ("relay-log.info", nil), ("sub/relay-log.info", nil), ("", nil),
            ("/r/relay-log.info", ["relay-log.info", "relay-log-*.info"]), ("/r/position", ["position", "position-*"]),
            ("/r/a[b.c.info", [#"a\[b.c.info"#, #"a\[b.c-*.info"#]),
            ("../r/ri.x", ["ri.x", "ri-*.x"]),
        ] as [(String, [String]?)]
    )
    func `positions outside the data directory are members, of named connections too`(path: String, names: [String]?)
        throws
    {
        for (version, isUsed) in [("10.11.19-MariaDB", true), ("8.0.36", false), ("9.7.4", false)] {
            let files = try replica(version, ["relay_log_info_file": path]).files
            #expect(files.map(\.names) == (isUsed ? names.map { [$0] } ?? [] : []))
            #expect(files.allSatisfy { !$0.isRequired && $0.role == .relayLog })
        }
        let asked = ["relay_log_info_file": path, "relay_log_info_repository": "FILE"]
        #expect(try replica("8.0.36", asked).files.count == (names == nil ? 0 : 1))
    }

    @Test(
        arguments: [
            ([], true), (["master.info"], false), (["master-east.info"], false), (["multi-master.info"], true),
        ] as [([String], Bool)]
    )
    func `an address of the source outside the data directory is told of`(members: [String], isTold: Bool) throws {
        for name in members { touch("\(data)/\(name)") }
        let warnings = try replica("10.11.19-MariaDB", [:]).warnings(in: ProcessView())
        #expect(warnings.count == (isTold ? 1 : 0))
        #expect(warnings.allSatisfy { $0.contains("\"master.info\"") && $0.contains("not archived") })
        #expect(try replica("9.7.4", [:]).warnings(in: ProcessView()) == [])
    }

    @Test func `a position on another volume is told of`() throws {
        let far = try ScratchDirectory(in: "/dev/shm")
        for path in [data + "/master.info", far.path + "/ri", scratch.path + "/ri"] { touch(path) }
        let near = try replica("10.11.19-MariaDB", ["relay_log_info_file": scratch.path + "/ri"])
        #expect(try near.warnings(in: ProcessView()) == [])
        let other = try replica("10.11.19-MariaDB", ["relay_log_info_file": far.path + "/ri"])
        let warnings = try other.warnings(in: ProcessView())
        #expect(warnings.count == 1 && warnings.first?.contains("\"\(far.path)/ri\"") == true)
    }
}
