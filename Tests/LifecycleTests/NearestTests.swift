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

    @Test func `among no names there is no nearest one`() {
        #expect(nearest(to: "backup", among: []) == nil)
    }
}
