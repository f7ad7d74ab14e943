import Glibc
import Host
import Lifecycle
import MySQL

/// Runs check programs on restored data.
///
/// The data may come from anywhere: the programs run as its owner, confined, in a mount namespace in which that user
/// reaches the data. Their own checks of paths need absolute paths that the user can follow.
struct CheckPrograms: Sendable {
    /// The end of a program.
    struct End: Sendable {
        var status: CommandResult.Status
        /// The first of what it printed, in one line.
        var text: String
    }

    private let run: String
    private let top: HeldDirectory
    private let namespace: NamespaceCopy
    private let user: Command.User?

    private static let longestOutput = 16_384
    /// Bytes that a program may write: its output lies in memory.
    private static let largestFile: UInt64 = 8 << 20

    /// - Throws: `MySQLError` for data of a user as which no program runs; `HostError`, ``SettingsError``.
    init(for data: RestoredData) async throws {
        run = data.run
        let path = "/run/lvmbackup-\(data.run)-check"
        let undo = Release.Undo.exec(["rm", "-rf", "--one-file-system", "--", path])
        try data.record.intend(RecordedUndo(undo, for: .scratchDirectory))
        data.scope.add(Release("directory \"\(path)\"", undo: undo))
        let held = try await SerialThread.once(name: "check") {
            let run = try HeldDirectory("/run/.")
            let top = try run.createDirectory(FileName("lvmbackup-\(data.run)-check"), mode: 0o700)
            for name in [Self.inside, Self.outside] { _ = try top.createDirectory(FileName(name)) }
            try top.setMode(0o711)
            return (top, try HeldDirectory.following(data.path))
        }
        top = held.0
        let owner = try held.1.status().identity
        user = try ServerAccount(ofSet: owner, accepting: data.acceptedUser).user
        var covers = [NamespaceCopy.Cover(held.1, over: "\(path)/\(Self.inside)")]
        if case .tree(let outside, _) = data.outside {
            covers.append(NamespaceCopy.Cover(outside, over: "\(path)/\(Self.outside)"))
        }
        namespace = try await NamespaceCopy.make(of: nil, without: nil, covers: covers)
    }

    private static let inside = "data"
    private static let outside = "outside"

    /// Runs a program in the data directory until it ends.
    ///
    /// - Parameters:
    ///   - isOutside: whether it runs in the directory with data outside the data directory.
    ///   - name: of the file that gets its output, which no other program uses at the moment.
    ///   - limit: the program is killed then. A crafted file can keep it busy for ever, and its user can stop it.
    /// - Throws: `HostError`, such as ``HostError/commandTimedOut(command:limit:)``; `CancellationError`.
    func run(
        _ program: ServerProgram,
        _ arguments: [String],
        isOutside: Bool = false,
        output name: String,
        limit: Duration
    ) async throws -> End {
        let output = try top.create(FileName(name))
        var plan = IsolatedProcess.Plan(program.path, arguments)
        plan.program = program.file
        plan.environment = RunProcesses.mark(run)
        plan.workingDirectory = "/run/lvmbackup-\(run)-check/\(isOutside ? Self.outside : Self.inside)"
        plan.namespace = namespace
        plan.output = output
        plan.user = user
        plan.niceness = 10
        plan.isConfined = true
        let process = try await SerialThread.once(name: "spawn") { [plan] in try IsolatedProcess(plan) }
        process.limitFileSize(Self.largestFile)
        let status = await withTaskCancellationHandler {
            if let status = await process.wait(limit: limit) { return status as CommandResult.Status? }
            process.signal(SIGKILL)
            _ = await process.wait()
            return nil
        } onCancel: {
            process.signal(SIGKILL)
        }
        try Task.checkCancellation()
        guard let status else {
            try top.remove(FileName(name))
            let command = ([program.path] + arguments).joined(separator: " ")
            throw HostError.commandTimedOut(command: command, limit: limit)
        }
        let text = String(decoding: try output.read(from: 0, count: Self.longestOutput), as: UTF8.self)
        try top.remove(FileName(name))
        return End(status: status, text: text.split(whereSeparator: \.isNewline).joined(separator: "; "))
    }
}
