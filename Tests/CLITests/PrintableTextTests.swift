import Foundation
import Testing

@testable import CLI
@testable import LVMBackup

@Suite struct PrintableTextTests {
    @Test(arguments: [
        ("plain, ä, 漢 and 🦭", "plain, ä, 漢 and 🦭"),
        ("a\nb\r\nc", "a\\nb\\r\\nc"),
        ("tab\tbell\u{7}", "tab\\tbell\\x07"),
        ("\u{1B}[2J\u{1B}]0;title\u{7}", "\\x1b[2J\\x1b]0;title\\x07"),
        ("delete \u{7F}, C1 \u{9B}31m", "delete \\x7f, C1 \\u{9b}31m"),
        ("left \u{202E}thgir, \u{2066}isolate", "left \\u{202e}thgir, \\u{2066}isolate"),
        ("line\u{2028}paragraph\u{2029}", "line\\u{2028}paragraph\\u{2029}"),
        ("zero\u{200B}width, mark \u{FEFF}", "zero\\u{200b}width, mark \\u{feff}"),
    ])
    func `characters that do more than show are escaped`(text: String, expected: String) {
        #expect(text.printable == expected)
    }

    @Test func `every control character of Unicode is escaped`() {
        for value in Array(0..<0x20) + Array(0x7F..<0xA0) {
            let text = String(Unicode.Scalar(UInt8(value)))
            #expect(text.printable.allSatisfy { $0.isASCII && $0 > " " }, "\(value)")
        }
    }

    @Test func `JSON holds nothing that a terminal does not show, and means the same`() throws {
        let text = "a\u{9B}31m\u{7F}\u{85}\u{202E}\u{2028}\u{E0001}ä🦭\n\t\u{1B}\"\\"
        let json = String(decoding: try JSONEncoder().encode([text]), as: UTF8.self).printableJSON
        #expect(json.printable == json)
        #expect(try JSONDecoder().decode([String].self, from: Data(json.utf8)) == [text])
    }

    @Test func `a long text is cut off, and the rest is counted`() {
        let longest = String.longestPrintedLine
        #expect(String(repeating: "x", count: longest).printable.count == longest)
        let text = String(repeating: "x", count: longest + 7).printable
        #expect(text == String(repeating: "x", count: longest) + "… (7 more characters)")
    }

    @Test func `a message cannot forge a line of the summary, while advice keeps its lines`() {
        let failure = Failure(.failed, "error \"x\n  cleaned up: all\u{1B}[A\"", advice: "look:\n> 1 |\tx\u{1B}c")
        let lines = Summary(outcome: Outcome(run: "r", ending: .failed, failure: failure), released: []).lines
        #expect(
            lines.map(\.printable) == [
                "no backup: error \"x\\n  cleaned up: all\\x1b[A\"",
                "  advice: look:",
                "  > 1 |    x\\x1bc",
                "  cleaned up: nothing had been acquired",
            ]
        )
    }
}
