import Foundation
import Testing

/// A process of the lab: its output goes to files, so that it can be read while it runs.
final class Command: Sendable {
    /// How a process ended.
    struct Result: Sendable {
        var status: Int32
        var output: String
        var errors: String
        var seconds: Double
        var isTimedOut = false

        /// Its output, for a failed expectation.
        var report: Comment { "status \(status)\n\(output.suffix(6000))\n\(errors.suffix(isTimedOut ? 30_000 : 3000))" }
    }

    let pid: Int32
    private let directory: URL
    private let ended: Task<Int32, Never>
    private let started = ContinuousClock.now

    init(_ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lab-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data((input ?? "").utf8).write(to: directory.appending(path: "input"))
        let pid = try spawn(arguments, environment: environment, directory: directory.path)
        self.pid = pid
        ended = Task { await statusOfEnded(pid) }
    }

    deinit {
        // Scratch files in a tmpfs: a remaining one is no harm.
        try? FileManager.default.removeItem(at: directory)
    }

    /// Whether it has not ended; an ended one is reaped by now.
    var isRunning: Bool { kill(pid, 0) == 0 }
    var output: String { text("output") }
    var errors: String { text("errors") }

    private func text(_ name: String) -> String {
        // A file that is not there yet has no text.
        String(decoding: (try? Data(contentsOf: directory.appending(path: name))) ?? Data(), as: UTF8.self)
    }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Waits for the end; a process that outlives `limit` is killed, with status 137, after a look at what the lab is
    /// busy with.
    ///
    /// A command that cannot even be killed is left behind.
    func wait(limit: Duration = .seconds(300)) async -> Result {
        if await hasEnded(within: limit) { return result(await ended.value) }
        let state = await Self.stateOfTheLab()
        signal(SIGKILL)
        let isDead = await hasEnded(within: .seconds(30))
        var result = result(isDead ? await ended.value : 137)
        result.isTimedOut = true
        result.errors += "\nnot over within \(limit), killed\(isDead ? "" : ", in vain"); the lab meanwhile:\n\(state)"
        return result
    }

    private func result(_ status: Int32) -> Result {
        let spent = ContinuousClock.now - started
        return Result(status: status, output: output, errors: errors, seconds: spent / .seconds(1))
    }

    private func hasEnded(within limit: Duration) async -> Bool {
        let (endings, ending) = AsyncStream.makeStream(of: Bool.self)
        let watch = Task {
            _ = await ended.value
            ending.yield(true)
        }
        let timer = Task {
            // Cancelled means that it ended in time.
            try? await Task.sleep(for: limit)
            ending.yield(false)
        }
        defer {
            watch.cancel()
            timer.cancel()
        }
        for await hasEnded in endings { return hasEnded }
        return false
    }

    private static func stateOfTheLab() async -> String {
        do {
            let state = try Command(["\(Lab.tools)/state"])
            return await state.hasEnded(within: .seconds(60)) ? state.output : "no answer: \(state.output)"
        } catch {
            return "\(error)"
        }
    }
}

/// Runs a command to its end.
func run(
    _ arguments: String...,
    input: String? = nil,
    environment: [String: String] = [:]
) async throws -> Command.Result {
    try await Command(arguments, environment: environment, input: input).wait()
}

/// Runs a command that has to succeed.
@discardableResult
func check(_ arguments: String..., input: String? = nil, at location: SourceLocation = #_sourceLocation) async throws
    -> String
{
    try await check(arguments, input: input, at: location)
}

/// Runs a command that has to succeed.
@discardableResult
func check(_ arguments: [String], input: String? = nil, at location: SourceLocation = #_sourceLocation) async throws
    -> String
{
    let result = try await Command(arguments, input: input).wait()
    try #require(result.status == 0, "\(arguments.joined(separator: " ")): \(result.report)", sourceLocation: location)
    return result.output
}

/// Looks again and again until the condition holds; a limit that passes fails the test.
func until(_ what: String, limit: Duration = .seconds(60), _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < end, "\(what): not within \(limit)")
        try await Task.sleep(for: .milliseconds(50))
    }
}
