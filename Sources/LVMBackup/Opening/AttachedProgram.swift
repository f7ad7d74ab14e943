import Glibc
import Host

/// A program that has the terminal and the standard streams of this process.
struct AttachedProgram: Sendable {
    private var plan: IsolatedProcess.Plan

    init(_ plan: IsolatedProcess.Plan) {
        self.plan = plan
        self.plan.isAttached = true
    }

    /// Runs the program until it ends.
    ///
    /// A task that is cancelled ends the program.
    ///
    /// - Returns: its exit status as a shell tells it: 128 and the number of the signal that ended it.
    /// - Throws: `HostError`; `CancellationError` where the task was cancelled.
    func run() async throws -> Int32 {
        let process = try await SerialThread.once(name: "spawn") { [plan] in try IsolatedProcess(plan) }
        let status = await withTaskCancellationHandler {
            await process.wait()
        } onCancel: {
            process.signal(SIGTERM)
            // A program that does not go is not waited for.
            Task.detached { await process.terminate() }
        }
        try Task.checkCancellation()
        switch status {
        case .exited(let code): return code
        case .signalled(let signal): return 128 + signal
        case nil: return 1
        }
    }
}
