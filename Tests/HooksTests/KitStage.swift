import Foundation
import Glibc
import Testing

@testable import Hooks

/// A directory with a hook file and its tests.
struct KitStage {
    let directory: String

    init() throws {
        var template = Array("/tmp/kit-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
    }

    /// Runs the tests of a hook file.
    func run(_ test: String, of hook: String, runner: TestRunner = TestRunner()) async throws -> [TestResult] {
        try hook.write(toFile: "\(directory)/10-a.lua", atomically: true, encoding: .utf8)
        try test.write(toFile: "\(directory)/10-a_test.lua", atomically: true, encoding: .utf8)
        defer { unlink("\(directory)/10-a.lua") }
        var results: [TestResult] = []
        try await runner.run(TestFiles("\(directory)/10-a.lua")) { results.append($0) }
        return results
    }

    /// Why the one case of a test failed; nil: it passed.
    func failure(_ body: String, of hook: String) async throws -> TestFailure? {
        let results = try await run("test('it', function(fake)\n\(body)\nend)", of: hook)
        return try #require(results.count == 1 ? results : nil)[0].failure
    }

    /// Expects that the one case of a test passes.
    func expectPass(_ body: String, of hook: String, _ place: SourceLocation = #_sourceLocation) async throws {
        if let failure = try await failure(body, of: hook) { Issue.record("\(failure.message)", sourceLocation: place) }
    }
}
