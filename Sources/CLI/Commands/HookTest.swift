import ArgumentParser
import Glibc
import LVMBackup

/// Runs the tests of hook files, on a machine of fakes.
struct HookTest: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of hook files (NN-NAME_test.lua) on a machine of fakes.",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: "Test files, or the hook files that they stand beside; without any: all of the hook directory.")
    var files: [String] = []
    @OptionGroup var directory: HookDirectoryOptions
    @Option(help: "Only cases with this in their name.") var only: String = ""
    @Flag(help: "Print the results as JSON.") var json: Bool = false

    func perform() async throws -> Int32 {
        let start = ContinuousClock.now
        let tests = try files.isEmpty ? TestFiles.find(in: directory.path()) : TestFiles.named(files)
        guard !tests.isEmpty else {
            throw Failure(.failed, "there are no tests in \"\(try directory.path())\"", advice: "see hooks/README.md")
        }
        let printer = TestPrinter(isJSON: json)
        var results: [TestResult] = []
        for test in tests {
            try await TestRunner().run(test, only: only) { result in
                results.append(result)
                printer.tell(result)
            }
        }
        guard !results.isEmpty else { throw Failure(.failed, "no test has \"\(only)\" in its name") }
        try printer.end(results, files: tests.count, seconds: (ContinuousClock.now - start).inSeconds)
        return results.allSatisfy { $0.failure == nil } ? 0 : 1
    }
}

/// Prints a line for each case, and what it failed by; or everything as JSON.
private struct TestPrinter {
    let isJSON: Bool

    func tell(_ result: TestResult) {
        guard !isJSON else { return }
        guard let failure = result.failure else {
            write("ok    \(result.path): \(result.name)\n", to: STDOUT_FILENO)
            return
        }
        let folder = result.path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let file = failure.file.map { (folder + [Substring($0)]).joined(separator: "/") } ?? result.path
        let lines = [failure.message, failure.detail].compactMap(\.self).joined(separator: "\n")
        let text = lines.split(separator: "\n").map { "        \($0)\n" }.joined()
        write("FAIL  \(result.path): \(result.name)\n", to: STDOUT_FILENO)
        write("      \(file):\(failure.line ?? result.line):\n\(text)", to: STDOUT_FILENO)
    }

    func end(_ results: [TestResult], files: Int, seconds: Double) throws {
        let failed = results.count { $0.failure != nil }
        guard isJSON else {
            let time = "\((seconds * 100).rounded() / 100)"
            write("\(results.count) cases in \(files) files, \(failed) failed, \(time) s\n", to: STDOUT_FILENO)
            return
        }
        try write(jsonLine(TestReport(files: files, failed: failed, cases: results)), to: STDOUT_FILENO)
    }
}

private struct TestReport: Encodable {
    var files: Int
    var failed: Int
    var cases: [TestResult]
}
