import Glibc
import Host
import TestSupport
import Testing

@testable import MySQL

@Suite struct DataNamesTests {
    @Test(
        arguments: [
            ("000012.log", ["CURRENT"], true), ("000012.log", ["MANIFEST-000004", "LOG"], true),
            ("000012.log", ["LOG", "000013.log"], false), ("202611.log", ["202612.log"], false),
            ("000012.log", nil, true),
            ("20261128.log", ["CURRENT"], false), ("20261128.log", nil, false), ("0000012.log", nil, false),
            ("12.log", ["CURRENT"], false), ("1.log", nil, false), (".log", ["CURRENT"], false),
            ("00001².log", ["CURRENT"], false), ("٠٠٠٠١٢.log", ["CURRENT"], false), ("00001a.log", ["CURRENT"], false),
            ("000012.LOG", ["CURRENT"], false), ("000012.log.gz", ["CURRENT"], false),
        ] as [(String, [String]?, Bool)]
    )
    func `a numbered log is data only where RocksDB numbered it`(name: String, others: [String]?, isData: Bool) {
        let directory = others.map { ($0 + [name]).map { FileName($0) } }
        #expect(DataNames.isData(FileName(name), in: directory) == isData)
    }

    @Test(
        arguments: [
            (["20261128.log", "202611.log", "error.log"], false), (["000012.log", "000013.log"], false),
            (["000012.log", "CURRENT"], true), (["000012.log", "MANIFEST-000004"], true),
        ]
    )
    func `a directory of other programs' logs holds no data`(files: [String], isData: Bool) throws {
        let scratch = try ScratchDirectory()
        for file in files { try scratch.write("".utf8, to: file) }
        let view = try ProcessView()
        guard case .file(let directory) = try view.resolve(FileName(scratch.path)).end else {
            Issue.record("\(scratch.path) is not there")
            return
        }
        #expect(try DataSearch(in: view).finds(directory) == isData)
    }

    @Test(
        arguments: [
            (["#sql_1_0.MAI", "#sql_1_0.MAD", "ibtmp1", "temp_3.ibt"], false), (["#sql_1_0.MAI", "db.opt"], true),
            (["t.ibd"], true), (["undo_001"], true), (["temp_3.ibd"], true),
            (["error.log", "mysql-bin.000001"], false),
            (["relay-bin.index", "relay-bin.000002"], false),
        ]
    )
    func `temporary tables and logs are no data on a mount for them`(files: [String], isData: Bool) throws {
        let scratch = try ScratchDirectory()
        try #require(mkdir(scratch.path + "/a", 0o755) == 0)
        for file in files { try scratch.write("".utf8, to: "a/" + file) }
        let view = try ProcessView()
        let directory = try #require(try view.look(at: FileName(scratch.path)))
        #expect(try DataSearch(in: view, isTemporary: true).finds(directory) == isData)
    }
}
