import Synchronization

/// Acquires things outside of a backup run; each is released when the work is over, newest first, also after a failure.
package final class ReleaseScope: Sendable {
    /// The end of the work.
    package struct Ending<Value: Sendable>: Sendable {
        package var result: Result<Value, any Error>
        /// Things that could not be released.
        package var leaked: [Leak]

        package init(result: Result<Value, any Error>, leaked: [Leak]) {
            self.result = result
            self.leaked = leaked
        }
    }

    private let stack: ReleaseStack
    private let runner: ReleaseRunner?
    private let leaked = Mutex<[Leak]>([])

    /// A scope that ends with a run: the engine releases what is acquired in it.
    package init(of run: Run) {
        stack = run.services.stack
        runner = nil
    }

    private init(
        _ runUndo: @escaping @Sendable (Release.Undo) async throws -> Void,
        _ statementCommand: @escaping @Sendable (String) -> String
    ) {
        stack = ReleaseStack()
        runner = ReleaseRunner(runUndo: runUndo, statementCommand: statementCommand, publish: { _ in })
    }

    /// Does the work, then releases all that it acquired, in tasks that cancellation does not reach.
    ///
    /// - Parameters:
    ///   - runUndo: runs the data form of a release.
    ///   - statementCommand: how an operator sends a statement to the server from a shell.
    package static func run<Value: Sendable>(
        runUndo: @escaping @Sendable (Release.Undo) async throws -> Void,
        statementCommand: @escaping @Sendable (String) -> String = quotedForShell,
        _ work: (ReleaseScope) async throws -> Value
    ) async -> Ending<Value> {
        let scope = ReleaseScope(runUndo, statementCommand)
        let result: Result<Value, any Error>
        do { result = .success(try await work(scope)) } catch { result = .failure(error) }
        await scope.releaseAll()
        return Ending(result: result, leaked: scope.leaked.withLock { $0 })
    }

    /// Registers the release of a thing that was acquired, or is about to be.
    package func add(_ release: Release) { stack.push(release, scope: .run) }

    private func releaseAll() async {
        while let runner, let entry = stack.pop([.run]) {
            if let leak = await runner.run(entry.release).leak { leaked.withLock { $0.append(leak) } }
        }
    }
}
