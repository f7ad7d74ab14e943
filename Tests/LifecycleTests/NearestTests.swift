import Lifecycle
import Testing

@Suite struct NearestTests {
    static let words: [(String, String?)] = [
        ("bakcup", "backup"), ("hlep", "help"), ("ukneep", "unkeep"), ("lst", "list"), ("backups", "backup"),
        ("tmp", nil), ("x", nil), ("", nil), ("volumes", nil),
    ]

    @Test(arguments: words)
    func `the nearest name is one of few changes`(typed: String, expected: String?) {
        let names = ["backup", "dump", "help", "keep", "list", "unkeep"]
        #expect(nearest(to: typed, among: names) == expected)
    }

    static let pairs: [(String, [String], String?)] = [
        ("hook", ["host", "user", "hooks"], "hooks"), ("hook", ["host", "user"], nil), ("kept", ["set", "veto"], nil),
        ("name", ["time", "step"], nil), ("status", ["stages", "step"], nil), ("DEST", ["HOST", "USER"], nil),
        ("sgl", ["sql", "exec"], "sql"), ("fs", ["os"], nil), ("KEEP-LAST", ["keep-last", "keep-daily"], "keep-last"),
        ("KEEP_LAST", ["keep-last"], "keep-last"), ("keep_lst", ["keep-last"], "keep-last"),
        ("compres", ["compress"], "compress"), ("snapshot-sise", ["snapshot-size"], "snapshot-size"),
        ("lokc", ["lock"], "lock"), ("sokcet", ["socket"], "socket"), ("timout", ["timeout", "time"], "timeout"),
        ("keep-moly", ["keep-daily", "keep-monthly"], "keep-monthly"), ("exclde", ["excluded", "exclude"], "exclude"),
        ("lists", ["gists", "listy"], "listy"),
    ]

    @Test(arguments: pairs)
    func `case and dashes count for nothing, and few letters may differ`(
        typed: String,
        names: [String],
        expected: String?
    ) {
        #expect(nearest(to: typed, among: names) == expected)
    }

    @Test func `among no names there is no nearest one`() {
        #expect(nearest(to: "backup", among: []) == nil)
    }
}
