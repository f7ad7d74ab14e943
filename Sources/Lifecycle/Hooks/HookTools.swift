/// The sessions and programs that Swift hooks reach through their run.
///
/// The assembly provides them: the engine knows neither a server nor a process.
package struct HookTools: Sendable {
    /// Rows of a query on a session that only reads.
    package var query: @Sendable (Run, String) async throws -> [SQLRow]
    /// Runs a program.
    package var execute: @Sendable (Run, Program) async throws -> ProgramResult
    /// Ends what a hook has opened on the recovered data; the engine calls it when the hook has returned.
    package var endCopy: @Sendable () async throws -> Void

    package init(
        query: @escaping @Sendable (Run, String) async throws -> [SQLRow],
        execute: @escaping @Sendable (Run, Program) async throws -> ProgramResult,
        endCopy: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.query = query
        self.execute = execute
        self.endCopy = endCopy
    }

    /// Refuses all: for an engine that was made without an assembly.
    static let none = HookTools(
        query: { _, _ in throw Failure(.failed, "run.sql has no session here") },
        execute: { _, program in throw Failure(.failed, "run.exec cannot run \"\(program.path)\" here") }
    )
}

/// A row of a query, by the names of its columns.
public typealias SQLRow = [String: SQLValue]

/// A value of a row.
public enum SQLValue: Sendable, Equatable {
    /// NULL.
    case null
    /// An integer.
    case integer(Int64)
    /// A number that is no integer, where it is exact.
    case number(Double)
    /// All other values, as the server prints them.
    case text(String)

    /// The value as the server prints it; nil for NULL.
    public var text: String? {
        switch self {
        case .null: nil
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let value): value
        }
    }

    /// The integer; nil where the value is none.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }
}

/// A program that a Swift hook runs: see ``Run/exec(_:_:input:timeout:accepting:reads:)``.
package struct Program: Sendable {
    package var path: String
    package var arguments: [String]
    package var input: [UInt8]
    package var timeout: Duration
    package var accepted: Set<Int32>
}

/// How a program of a Swift hook ended.
public struct ProgramResult: Sendable, Equatable {
    /// The exit status; of a program that a signal ended 128 and the signal's number, as a shell says it.
    public var status: Int32
    /// The bytes of standard output.
    public var stdout: [UInt8]
    /// The bytes of standard error.
    public var stderr: [UInt8]
    /// Seconds that the program ran.
    public var seconds: Double

    /// Creates the result of a program.
    public init(status: Int32, stdout: [UInt8] = [], stderr: [UInt8] = [], seconds: Double = 0) {
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.seconds = seconds
    }

    /// Standard output as text; bytes that are not UTF-8 are replaced.
    public var output: String { String(decoding: stdout, as: UTF8.self) }
}

/// A hook reached an effect in a dry run: the hook ends here, and the run goes on.
package struct DryRunEnd: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "a dry run ends the hook here" }
}
