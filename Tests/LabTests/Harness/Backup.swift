import Foundation
import Testing

/// A run of the command under test, and what it left.
struct Backup: Sendable {
    let result: Command.Result
    /// The event lines of `--json`.
    let events: [JSONValue]

    var status: Int32 { result.status }
    var report: Comment { result.report }

    /// Runs `lvmbackup`; afterwards nothing may be left of it, whatever its status.
    static func run(_ arguments: String..., environment: [String: String] = [:], keeping kept: [String] = [])
        async throws -> Backup
    {
        try await run(arguments, environment: environment, keeping: kept)
    }

    static func run(_ arguments: [String], environment: [String: String] = [:], keeping kept: [String] = [])
        async throws -> Backup
    {
        let before = try await Traces.now()
        let backup = try await start(arguments, environment: environment).wait(limit: .seconds(300))
        try await expectNoTraces(since: before, keeping: kept)
        return try Backup(backup)
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        try Command([Lab.command, "--json"] + arguments, environment: environment)
    }

    init(_ result: Command.Result) throws {
        self.result = result
        events = try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSONValue(String($0)) }
    }

    func event(_ kind: String) -> JSONValue? { events.last { $0["event"].string == kind } }

    func events(_ kind: String) -> [JSONValue] { events.filter { $0["event"].string == kind } }

    /// Everything the run said, on either stream.
    var said: String { result.output + result.errors }

    /// The published set.
    func set(at location: SourceLocation = #_sourceLocation) throws -> BackupSet {
        try #require(status == 0, report, sourceLocation: location)
        let path = try #require(event("published")?["set"]["location"].string, report, sourceLocation: location)
        return try BackupSet(directory: path)
    }
}

/// A published backup set, read as anybody could read it.
struct BackupSet: Sendable {
    let directory: String
    let manifest: JSONValue

    init(directory: String) throws {
        self.directory = directory
        manifest = try JSONValue(String(contentsOfFile: "\(directory)/manifest.json", encoding: .utf8))
    }

    var archive: String { "\(directory)/data.tar.zst" }

    /// Seconds of the monotonic clock between which the data was frozen.
    func freeze(at location: SourceLocation = #_sourceLocation) throws -> ClosedRange<Double> {
        let isLocked = manifest["lock"]["plan"].string != "none"
        let (began, ended) =
            isLocked
            ? (manifest["lock"]["granted_monotonic"].number, manifest["lock"]["release_sent_monotonic"].number)
            : (manifest["snapshot"]["began_monotonic"].number, manifest["snapshot"]["ended_monotonic"].number)
        return try #require(began, sourceLocation: location)...#require(ended, sourceLocation: location)
    }

    /// File and position of the binary log at which replaying starts.
    func position(at location: SourceLocation = #_sourceLocation) throws -> (file: String, position: Int) {
        let binlog = manifest["coordinates"]["binlog"]
        let file = try #require(binlog["file"].string, sourceLocation: location)
        return (file, Int(try #require(binlog["position"].number, sourceLocation: location)))
    }
}
