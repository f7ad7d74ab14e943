import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

/// Tables that an account without privileges on them does not see.
@Suite struct TableCensusTests {
    private let scratch: ScratchDirectory
    private let data: String

    init() throws {
        scratch = try ScratchDirectory()
        data = scratch.path + "/data"
        for path in [data, data + "/shop", data + "/mysql", data + "/sys", data + "/performance_schema"] {
            mkdir(path, 0o755)
        }
    }

    private func write(_ bytes: [UInt8], _ name: String, in directory: String? = nil) throws {
        let file = try HeldDirectory(directory ?? data).create(FileName(name), mode: 0o644)
        try file.write(bytes, at: 0)
    }

    private func define(_ name: String, _ engine: String) throws {
        if name.hasSuffix("sdi") {
            try write(Array(#"{"dd_object":{"engine":"\#(engine)"}}"#.utf8), name)
        } else {
            try write(RecordedDefinition(engine: engine).bytes, name)
        }
    }

    private func survey(schemas: Set<String> = []) throws -> LinkSurvey {
        var rules = DataRules()
        rules.schemas = schemas
        return try LinkSurvey(of: data, in: ProcessView(), rules)
    }

    private func counts(_ uses: [EngineUse]) -> [String: Int] {
        Dictionary(uses.map { ($0.engine, $0.userTables) }) { $0 + $1 }
    }

    @Test(arguments: ["frm", "sdi"])
    func `an engine is found by the definitions of tables alone`(suffix: String) throws {
        let mark = suffix == "sdi" ? "_377" : ""
        for engine in TableDefinitionTests.engines { try define("shop/\(engine)\(mark).\(suffix)", engine) }
        try define("shop/second\(mark).\(suffix)", "CONNECT")
        try define("shop/#sql-alter-1\(mark).\(suffix)", "S3")
        try define("performance_schema/x\(mark).\(suffix)", "PERFORMANCE_SCHEMA")
        let found = counts(try survey(schemas: suffix == "sdi" ? ["shop"] : []).census.uses)
        var expected = Dictionary(uniqueKeysWithValues: TableDefinitionTests.engines.map { ($0, 1) })
        (expected["InnoDB"], expected["CONNECT"]) = (nil, 2)
        #expect(found == expected)
    }

    @Test func `files that define nothing add nothing, and malformed ones are tables that cannot be opened`() throws {
        try write(Array("TYPE=VIEW\n".utf8), "shop/v.frm")
        try write([], "shop/new.frm")
        try write(Array("garbage".utf8), "shop/bad.frm")
        // The definition is InnoDB's where the data is; an old file of MariaDB says nothing about a server of MySQL.
        try write(Array("garbage".utf8), "shop/t.frm")
        try write([], "shop/t.ibd")
        #expect(counts(try survey().census.uses) == [EngineInventory.unopened: 1])
        #expect(try survey(schemas: ["shop"]).census.uses == [])
    }

    /// The file, its engine, and whether it is a user's table.
    static let inSystemSchemas: [(String, String, Bool)] = [
        ("mysql/mine.frm", "MyISAM", true), ("sys/mine.frm", "Aria", true), ("mysql/mine.frm", "CONNECT", true),
        ("mysql/proc.frm", "Aria", false), ("mysql/proc.frm", "MyISAM", true), ("sys/sys_config.frm", "Aria", false),
        ("mysql/general_log.frm", "CSV", false), ("mysql/general_log.frm", "MyISAM", true),
        ("mysql/slow_log_225.sdi", "CSV", false), ("mysql/mine_382.sdi", "MyISAM", true),
        ("sys/mine_383.sdi", "MyISAM", true), ("mysql/slow_log2_225.sdi", "CSV", true),
        ("shop/proc.frm", "Aria", true), ("mysql/mine.frm", "InnoDB", false),
    ]

    @Test(arguments: inSystemSchemas)
    func `a user's table in a database of the system is a user's table`(file: String, engine: String, isUsers: Bool)
        throws
    {
        try define(file, engine)
        let found = try survey(schemas: file.hasSuffix("sdi") ? ["mysql", "sys"] : []).census.uses
        #expect(counts(found) == (isUsers ? [engine: 1] : [:]))
    }

    @Test(
        arguments: [
            ("mysql/mine.MYD", "MyISAM", true), ("mysql/proc.MAD", "Aria", false), ("mysql/mine.MAD", "Aria", true),
            ("sys/mine.CSV", "CSV", true), ("mysql/general_log.CSV", "CSV", false), ("mysql/proc.MYD", "MyISAM", true),
            ("performance_schema/x.CSV", "CSV", false), ("shop/t#P#p0.MYD", "MyISAM", true),
        ]
    )
    func `data files count likewise`(file: String, engine: String, isUsers: Bool) throws {
        try write([], file)
        #expect(counts(try survey().census.uses) == (isUsers ? [engine: 1] : [:]))
    }

    @Test func `the database of a linked directory is that of the link`() throws {
        let outside = scratch.path + "/outside"
        mkdir(outside, 0o755)
        rmdir(data + "/mysql")
        symlink(outside, data + "/mysql")
        try write(RecordedDefinition(engine: "Aria").bytes, "proc.frm", in: outside)
        try write([], "proc.MAD", in: outside)
        try write(RecordedDefinition(engine: "MyISAM").bytes, "mine.frm", in: outside)
        #expect(counts(try survey().census.uses) == ["MyISAM": 1])
    }

    @Test func `of two numbers of an engine's tables the higher counts`() throws {
        for name in ["a", "b", "c"] { try define("shop/\(name).frm", "CONNECT") }
        try define("shop/d.frm", "MRG_MyISAM")
        let seen = [
            EngineUse(engine: "CONNECT", userTables: 1, systemTables: 2, isTransactional: false),
            EngineUse(engine: "MRG_MYISAM", userTables: 5, systemTables: 0, isTransactional: false),
            EngineUse(engine: "InnoDB", userTables: 7, systemTables: 4, isTransactional: true),
        ]
        let all = try survey().census.completing(seen)
        #expect(counts(all) == ["CONNECT": 3, "MRG_MYISAM": 5, "InnoDB": 7])
        #expect(all.map(\.systemTables) == [2, 4, 0])
        #expect(Inventory(engines: all).enginesElsewhere.map(\.engine) == ["CONNECT"])
        #expect(counts(try survey().census.completing([])) == ["CONNECT": 3, "MRG_MyISAM": 1])
    }
}
