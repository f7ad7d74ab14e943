/// Why a case failed.
package struct TestFailure: Codable, Equatable, Sendable {
    package var message: String
    /// The file's name; nil where no code of the test is the cause.
    package var file: String?
    package var line: Int?
    /// The hook's lines around its error, and the calls that led to it.
    package var detail: String?

    package init(message: String, file: String? = nil, line: Int? = nil, detail: String? = nil) {
        (self.message, self.file, self.line, self.detail) = (message, file, line, detail)
    }
}

/// How a case ended.
package struct TestResult: Codable, Equatable, Sendable {
    /// The test file as the user named it.
    package var path: String
    package var name: String
    /// Where the case begins.
    package var line: Int
    package var seconds: Double
    /// Nil: it passed.
    package var failure: TestFailure?

    package init(path: String, name: String, line: Int, seconds: Double, failure: TestFailure?) {
        (self.path, self.name, self.line, self.seconds, self.failure) = (path, name, line, seconds, failure)
    }
}
