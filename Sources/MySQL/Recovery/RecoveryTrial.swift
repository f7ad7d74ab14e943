import Host
import Lifecycle

/// Tries, before the lock, whether the server's program can run where the recovery server is going to run.
///
/// The recovery server sees the live server's mounts without those of the data's volume. The mounts below them are gone,
/// too: the copy of the volume is laid in their place. The trial has the live volume there, read-only where the kernel can.
struct RecoveryTrial: Sendable {
    let reading: ServerReading
    let executable: ServerExecutable
    let account: ServerAccount
    /// The run's number, by which its processes are known.
    let run: String

    private static let limit: Duration = .seconds(30)

    /// A program that is a script is not tried: the operator has named it, and it may do anything.
    ///
    /// - Throws: ``MySQLError/unusable(_:reason:)``, `HostError`.
    func perform() async throws {
        guard let pid = reading.process?.pid, executable.file != nil else { return }
        let (origin, files) = try await SerialThread.looking(name: "trial") { [needed, reading] in
            let view = try ProcessView(pid: pid)
            // A key file that is not there yet is made by the server.
            return (try view.file(reading.variables.datadir).mount.device, needed.compactMap { try? view.file($0) })
        }
        let namespace = try await NamespaceCopy.make(of: pid, without: origin, keepsDevice: true, covers: [])
        for file in files { try Self.check(file, in: namespace) }
        try await start(in: namespace)
    }

    /// Libraries of plug-ins, and files of keys.
    private var needed: [String] {
        let directory = reading.variables["plugin_dir"] ?? "/"
        return reading.plugins.map { FilePath.absolute($0, below: directory) }
            + reading.inventory.files.filter { $0.role == .keyring }.map(\.path)
    }

    private static func check(_ file: ProcessView.File, in namespace: NamespaceCopy) throws {
        let reason: String
        do {
            if try namespace.identity(of: file.path).isSameFile(as: file.identity) { return }
            reason = "another file is there"
        } catch let error as HostError {
            reason = "\(error)"
        }
        throw MySQLError.unusable(file.path, reason: "the recovery server would not find it: \(reason)")
    }

    private func start(in namespace: NamespaceCopy) async throws {
        var plan = IsolatedProcess.Plan(executable.path, ["--no-defaults", "--version"])
        plan.program = executable.file
        plan.environment = RunProcesses.mark(run)
        plan.namespace = namespace
        plan.workingDirectory = "/"
        plan.user = account.user
        plan.isConfined = true
        let process: IsolatedProcess
        do {
            process = try await SerialThread.once(name: "spawn") { [plan] in try IsolatedProcess(plan) }
        } catch HostError.commandNotStarted(_, let reason) {
            throw MySQLError.unusable(executable.path, reason: "it cannot be started: \(reason)")
        }
        let status = await process.wait(limit: Self.limit)
        await process.terminate(grace: .zero)
        guard status != .exited(0) else { return }
        let end = status.map { "\($0)" } ?? "did not end in time"
        throw MySQLError.unusable(executable.path, reason: "\"--version\", started like the recovery server, \(end)")
    }
}
