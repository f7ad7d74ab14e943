import Foundation
import Testing

/// A run of the command under test, and what it left.
struct Backup: Sendable {
    let result: Command.Result
    /// The event lines of `--json`.
    let events: [JSONValue]

    var status: Int32 { result.status }
    var report: Comment { result.report }

    /// Runs `lvmbackup`; it may leave nothing behind, with any status.
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

    /// Runs `lvmbackup` beside a load that is stopped a moment after the snapshot: recovery is then quick, and a replay short.
    static func run(_ arguments: [String], stopping load: () async throws -> Void) async throws -> Backup {
        let before = try await Traces.now()
        let run = try start(arguments)
        try await until("the snapshot is made", limit: .seconds(200)) {
            run.output.contains("\"snapshotted\"") || !run.isRunning
        }
        try await Task.sleep(for: .seconds(1))
        try await load()
        let result = await run.wait(limit: .seconds(300))
        try await expectNoTraces(since: before, keeping: [])
        return try Backup(result)
    }

    static func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Command {
        try Command([Lab.command, "--json", "-v"] + arguments, environment: environment)
    }

    init(_ result: Command.Result) throws {
        self.result = result
        events = try result.output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { try JSONValue(String($0)) }
    }

    func event(_ kind: String) -> JSONValue? { events.last { $0["event"].string == kind } }

    func events(_ kind: String) -> [JSONValue] { events.filter { $0["event"].string == kind } }

    /// Everything the run said, on either stream.
    var said: String { result.output + result.errors }

    /// Seconds of the monotonic clock between which the data was frozen: from the grant of the lock to its release
    /// statement, without a lock from the start of lvcreate to its end.
    func freeze(at location: SourceLocation = #_sourceLocation) throws -> ClosedRange<Double> {
        let lock = try set(at: location).manifest["lock"]
        if lock["plan"].string != "none" {
            return try #require(lock["granted_at"].number, report, sourceLocation: location)...#require(
                lock["release_sent_at"].number,
                report,
                sourceLocation: location
            )
        }
        let asked = events("step_started").first { $0["step"].string == "snapshot" }
        return try #require(asked?["monotonic"].number, report, sourceLocation: location)...#require(
            event("snapshotted")?["monotonic"].number,
            report,
            sourceLocation: location
        )
    }

    /// Seconds of the monotonic clock in which writers could feel the lock, and half a second more.
    func window(at location: SourceLocation = #_sourceLocation) throws -> ClosedRange<Double> {
        let freeze = try freeze(at: location)
        // Plan none waits for no lock.
        if try set(at: location).manifest["lock"]["plan"].string == "none" {
            return freeze.lowerBound...(freeze.upperBound + 0.5)
        }
        let waited = try #require(event("locked")?["waited_seconds"].number, report, sourceLocation: location)
        return (freeze.lowerBound - waited)...(freeze.upperBound + 0.5)
    }

    /// Seconds that lvcreate took.
    func creation(at location: SourceLocation = #_sourceLocation) throws -> Double {
        let seconds = try set(at: location).manifest["snapshot"]["creation_seconds"].number
        return try #require(seconds, report, sourceLocation: location)
    }

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

    var archive: String {
        let names = manifest["archive"]["parts"].elements.compactMap(\.["name"].string)
        return "\(directory)/\(names.first { $0.hasPrefix("data.tar") } ?? "data.tar.zst")"
    }

    /// Its files but the manifest, with their sizes.
    var parts: [(name: String, bytes: Int)] {
        manifest["archive"]["parts"].elements.compactMap { part in
            guard let name = part["name"].string, let bytes = part["bytes"].number else { return nil }
            return (name, Int(bytes))
        }
    }

    /// File and position of the binary log at which replaying starts.
    func position(at location: SourceLocation = #_sourceLocation) throws -> (file: String, position: Int) {
        let binlog = manifest["coordinates"]["binlog"]
        let file = try #require(binlog["file"].string, sourceLocation: location)
        return (file, Int(try #require(binlog["position"].number, sourceLocation: location)))
    }
}
