import Archive
import Foundation
import Hooks
import LVMBackup
import Testing

@testable import CLI

/// Objects with a value for each key, against docs/json.md.
@Suite struct `The page about JSON` {
    private func keys(_ value: Any) -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(keys($1)) } }
        guard let object = value as? [String: Any] else { return [] }
        return object.values.reduce(into: Set(object.keys)) { $0.formUnion(keys($1)) }
    }

    private func check(_ json: String, _ command: String) throws {
        try check(keys(try JSONSerialization.jsonObject(with: Data(json.utf8))), command)
    }

    private func check(_ keys: Set<String>, _ command: String) throws {
        let page = URL(filePath: #filePath + "/../../../docs/json.md").standardized
        let sections = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix("`lvmbackup \(command) --json`") })
        try #require(keys.count > 2)
        for key in keys { #expect(section.contains("`\(key)`"), "\(key)") }
    }

    @Test func `has the keys of hook check`() throws {
        var problem = Finding.Problem(Failure(.failed, "x", advice: "y"))
        (problem.file, problem.line) = ("10-a.lua", 1)
        var finding = Finding(warnings: ["w"], error: problem)
        finding.mistakes = [problem]
        try check(try jsonLine(finding), "hook check")
        try check(Set(Finding.Hook.CodingKeys.allCases.map(\.rawValue)), "hook check")
    }

    @Test func `has the keys of hook test`() throws {
        let failure = TestFailure(message: "x", file: "y", line: 1, detail: "z")
        let result = TestResult(path: "x", name: "y", line: 1, seconds: 1, failure: failure)
        try check(try jsonLine(TestReport(files: 1, cases: [result])), "hook test")
    }

    @Test func `has the keys of check`() throws {
        let newest = NewestSet(name: "r", age: 1, bytes: 2, verified: "checksums")
        let report = HostCheck.Report(findings: [CheckFinding("a", .warning, "b", advice: "c")], newest: newest)
        try check(try CheckReport(report, limits: AgeLimits()).json(), "check")
    }

    @Test func `has the keys of list`() throws {
        try check(Set(SetLine.CodingKeys.allCases.map(\.rawValue)), "list")
    }
}
