import ArgumentParser
import Glibc
import Hooks
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
        let tests = try find()
        let report = await run(tests) { result in
            if !json { write(result.text, to: STDOUT_FILENO) }
        }
        guard !report.cases.isEmpty else { throw Failure(.failed, "no test has \"\(only)\" in its name") }
        let seconds = (ContinuousClock.now - start).inSeconds
        write(json ? try jsonLine(report) : report.total(seconds: seconds), to: STDOUT_FILENO)
        return report.failed == 0 ? 0 : 1
    }

    /// - Throws: errors of the files, or that there are none.
    func find() throws -> [TestFiles] {
        for file in files { try checkHasTest(file) }
        if !files.isEmpty { return try TestFiles.named(files) }
        let path = try directory.path()
        let tests = try TestFiles.find(in: path)
        if tests.isEmpty { throw Failure(.failed, "there are no tests in \"\(path)\"", advice: "see hooks/README.md") }
        return tests
    }

    /// A hook file stands for the test file beside it.
    private func checkHasTest(_ file: String) throws {
        let isHook = file.hasSuffix(".lua") && !file.hasSuffix("_test.lua")
        let test = file.dropLast(".lua".count) + "_test.lua"
        guard isHook, ProcessWide.exists(file), !ProcessWide.exists(String(test)) else { return }
        let name = test.split(separator: "/").last ?? ""
        throw Failure(.failed, "there are no tests of \"\(file)\"", advice: "write \"\(name)\" beside it")
    }

    /// Runs the cases of all files; a file that cannot be loaded is a case that failed.
    func run(_ tests: [TestFiles], _ tell: (TestResult) -> Void) async -> TestReport {
        var report = TestReport(files: tests.count)
        for test in tests {
            do {
                try await TestRunner(rules: .ofRun).run(test, only: only) { result in
                    report.cases.append(result)
                    tell(result)
                }
            } catch {
                let result = TestResult(path: test.path, error)
                report.cases.append(result)
                tell(result)
            }
        }
        return report
    }
}

/// Every case that was run.
struct TestReport: Encodable {
    let files: Int
    var cases: [TestResult] = []

    var failed: Int { cases.count { $0.failure != nil } }

    func total(seconds: Double) -> String {
        "\(cases.count) \(cases.count == 1 ? "case" : "cases") in \(files) \(files == 1 ? "file" : "files"), "
            + "\(failed) failed, \((seconds * 100).rounded() / 100) s\n"
    }

    private enum CodingKeys: String, CodingKey { case files, failed, cases }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(files, forKey: .files)
        try values.encode(failed, forKey: .failed)
        try values.encode(cases, forKey: .cases)
    }
}

extension TestResult {
    /// A file that could not be loaded.
    fileprivate init(path: String, _ error: any Error) {
        let place = (error as? HookError)?.place
        let failure = TestFailure(
            message: place?.message ?? Failure(error).message,
            file: place?.file,
            line: place?.line
        )
        self.init(path: path, name: "the file can be loaded", line: 1, seconds: 0, failure: failure)
    }

    /// A line; of a case that failed also where, and by what.
    var text: String {
        guard let failure else { return "ok    \(path): \(name)".printable + "\n" }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let file = failure.file.map { (folder + [Substring($0)]).joined(separator: "/") } ?? path
        let lines = [failure.message, failure.detail].compactMap(\.self).joined(separator: "\n")
        return "FAIL  \(path): \(name)".printable + "\n      \("\(file):\(failure.line ?? line):".printable)\n"
            + lines.printableLines.filter { !$0.isEmpty }.map { "        \($0)\n" }.joined()
    }
}
