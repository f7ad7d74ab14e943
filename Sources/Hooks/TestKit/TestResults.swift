/// Why a case failed.
public struct TestFailure: Codable, Equatable, Sendable {
    public var message: String
    /// The file's name; nil where no code of the test is the cause.
    public var file: String?
    public var line: Int?
    /// The hook's lines around its error, and the calls that led to it.
    public var detail: String?

    public init(message: String, file: String? = nil, line: Int? = nil, detail: String? = nil) {
        (self.message, self.file, self.line, self.detail) = (message, file, line, detail)
    }
}

/// How a case ended.
public struct TestResult: Codable, Equatable, Sendable {
    /// The test file as the user named it.
    public var path: String
    public var name: String
    /// Where the case begins.
    public var line: Int
    public var seconds: Double
    /// Nil: it passed.
    public var failure: TestFailure?

    public init(path: String, name: String, line: Int, seconds: Double, failure: TestFailure?) {
        (self.path, self.name, self.line, self.seconds, self.failure) = (path, name, line, seconds, failure)
    }
}
