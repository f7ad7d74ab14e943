import Foundation
import Glibc
import TestSupport
import Testing

@testable import Hooks

/// A directory with a hook file and its tests.
struct KitStage {
    private let scratch: ScratchDirectory

    var directory: String { scratch.path }

    init() throws { scratch = try ScratchDirectory() }

    /// Runs the tests of a hook file.
    func run(_ test: String, of hook: String, runner: TestRunner = TestRunner()) async throws -> [TestResult] {
        try scratch.write(hook, to: "10-a.lua")
        try scratch.write(test, to: "10-a_test.lua")
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
