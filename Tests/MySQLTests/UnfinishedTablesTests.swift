import Host
import TestSupport
import Testing

@testable import MySQL

@Suite struct UnfinishedTablesTests {
    @Test(
        arguments: [
            (["t.frm", "t.ibd", "db.opt"], nil),
            (["t.frm", "t.par", "t#P#p0.ibd", "t#P#p1#SP#a.ibd"], nil),
            (["t.par", "t#P#p0.ibd", "db.opt"], "shop/t#P#p0.ibd"),
            (["t.frm", "t.ibd", "u#p#p0.ibd"], "shop/u#p#p0.ibd"),
            (["t.ibd"], "shop/t.ibd"), (["t.isl"], "shop/t.isl"),
            (["t.MYD", "t.MYI"], "shop/t.MYD"), (["t.MAI"], "shop/t.MAI"),
            (["t.frm"], nil),
            (["#sql-alter-54a5-9.ibd", "#sql-ib21.ibd"], nil),
            (["FTS_0000000000000015_BEING_DELETED.ibd"], nil),
            (["t.TRG", "t.TRN", "notes.txt", ".ibd.swp", "ibd"], nil),
        ] as [([String], String?)]
    )
    func `files of a table without a definition are those of an unfinished statement`(
        files: [String],
        first: String?
    ) throws {
        let scratch = try ScratchDirectory()
        let datadir = try HeldDirectory(scratch.path)
        let database = try datadir.createDirectory("shop")
        for file in files { _ = try database.create(FileName(file)) }
        // Above the databases are files of the server itself.
        for file in ["ibtmp1", "undo001.ibd"] { _ = try datadir.create(FileName(file)) }
        let found = try UnfinishedTables(in: datadir)
        #expect(found.first == first)
        #expect((found.doubt == nil) == (first == nil))
    }
}
