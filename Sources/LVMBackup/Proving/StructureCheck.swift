import Glibc
import Host
import Lifecycle
import MySQL

/// Checks the pages of tablespaces and tables by the check programs of the server's packages, several at once.
struct StructureCheck: Sendable {
    struct Report: Sendable, Equatable {
        var files = 0
        /// Files that were not checked, with the reason.
        var leftOut: [String] = []
        /// Damage, in words: of the first files.
        var damage: [String] = []
        /// Damaged files.
        var damaged = 0
        /// A hostile set can have any number of damaged files, with 16 KiB of words each.
        static let mostTold = 20
    }

    private let data: RestoredData
    /// Programs that run at once.
    private let width: Int

    /// The time for a file of so many bytes.
    private let limit: @Sendable (Int64) -> Duration

    init(
        _ data: RestoredData,
        threads: Int?,
        limit: @escaping @Sendable (Int64) -> Duration = { .seconds(600 + 60 * ($0 >> 30)) }
    ) {
        self.data = data
        self.limit = limit
        width = max(1, min(threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 16))
    }

    /// - Throws: `HostError`, `MySQLError` where a program is missing; `CancellationError`.
    func run() async throws -> Report {
        let files = try await SerialThread.once(name: "tables") { [data] in
            let files = TableFiles(data.recorded)
            let inside = try files.all(in: HeldDirectory.following(data.path))
            // Of a kept snapshot, the directories may have more than the server's data.
            guard case .tree(let outside, _) = data.outside else { return inside }
            return inside + (try files.all(in: outside, isOutside: true))
        }
        var programs: [ServerProgram.Purpose: ServerProgram] = [:]
        for purpose in Set(files.map(\.purpose)) { programs[purpose] = try ServerProgram(purpose, of: data.recorded) }
        let checks = try await CheckPrograms(for: data)
        var report = Report()
        var rest = files.enumerated().makeIterator()
        try await withThrowingTaskGroup(of: Finding.self) { group in
            func next() {
                guard let (number, file) = rest.next(), let program = programs[file.purpose] else { return }
                group.addTask { [limit] in
                    try await Self.check(file, program, checks, number, limit(file.size))
                }
            }
            for _ in 0..<width { next() }
            while let finding = try await group.next() {
                report.add(finding)
                next()
            }
        }
        return report
    }

    fileprivate enum Finding: Sendable {
        case good
        case leftOut(String)
        case damaged(String)
    }

    private static func check(
        _ file: TableFile,
        _ program: ServerProgram,
        _ checks: CheckPrograms,
        _ number: Int,
        _ limit: Duration
    ) async throws -> Finding {
        if let reason = file.leftOut { return .leftOut("\"\(file.described)\": \(reason)") }
        for options in file.options {
            let end = try await checks.run(
                program,
                options + [file.argument],
                isOutside: file.isOutside,
                output: "output-\(number)",
                limit: limit
            )
            switch end.status {
            case .exited(0): continue
            // The programs print errors alone: megabytes of them tell of damage, too.
            case .exited, .signalled(SIGXFSZ): break
            // A program that was ended by another signal says nothing of the file.
            default:
                let command = ([program.path] + options + [file.argument]).joined(separator: " ")
                throw HostError.commandFailed(command: command, status: end.status, reason: end.text)
            }
            if file.isEncrypted(by: end.text) { return .leftOut("\"\(file.described)\": it is encrypted") }
            return .damaged("\"\(file.described)\": \(end.text)")
        }
        return .good
    }
}

extension StructureCheck.Report {
    fileprivate mutating func add(_ finding: StructureCheck.Finding) {
        switch finding {
        case .good: files += 1
        case .leftOut(let text): leftOut.append(text)
        case .damaged(let text):
            files += 1
            damaged += 1
            if damage.count < Self.mostTold { damage.append(text) }
        }
    }
}
