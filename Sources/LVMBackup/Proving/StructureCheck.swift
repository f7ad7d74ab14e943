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
        /// Damage, in words.
        var damage: [String] = []
    }

    private let data: RestoredData
    /// Programs that run at once.
    private let width: Int

    init(_ data: RestoredData, threads: Int?) {
        self.data = data
        width = max(1, min(threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 16))
    }

    /// - Throws: `HostError`, `MySQLError` where a program is missing; `CancellationError`.
    func run() async throws -> Report {
        let files = try await SerialThread.once(name: "tables") { [data] in
            try TableFiles(data.recorded).all(in: HeldDirectory.following(data.path))
        }
        var programs: [ServerProgram.Purpose: ServerProgram] = [:]
        for purpose in Set(files.map(\.purpose)) { programs[purpose] = try ServerProgram(purpose, of: data.recorded) }
        let checks = try await CheckPrograms(for: data)
        var report = Report()
        var rest = files.enumerated().makeIterator()
        try await withThrowingTaskGroup(of: Finding.self) { group in
            func next() {
                guard let (number, file) = rest.next(), let program = programs[file.purpose] else { return }
                group.addTask { try await Self.check(file, program, checks, number) }
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
        _ number: Int
    ) async throws -> Finding {
        if let reason = file.leftOut { return .leftOut("\"\(file.path)\": \(reason)") }
        for options in file.options {
            let end = try await checks.run(program, options + [file.argument], output: "output-\(number)")
            if end.status == .exited(0) { continue }
            // A program that was ended by a signal says nothing of the file.
            guard case .exited = end.status else {
                throw HostError.commandFailed(
                    command: program.path,
                    status: end.status ?? .exited(1),
                    reason: end.text
                )
            }
            if end.text.contains("ncrypt") { return .leftOut("\"\(file.path)\": it is encrypted") }
            return .damaged("\"\(file.path)\": \(end.text)")
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
            damage.append(text)
        }
    }
}
