import ArgumentParser
import FoundationEssentials
import Glibc
import Hooks
import LVMBackup

struct HookCheck: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Load every hook file as a run would, and report mistakes.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var directory: HookDirectoryOptions
    @Flag(help: "Warnings count as errors.")
    var strict: Bool = false
    @Flag(help: "Print the findings as JSON.")
    var json: Bool = false

    func validate() throws {
        guard !directory.hooks.noHooks, !directory.general.dryRun else {
            throw ValidationError("--no-hooks and --dry-run are of no use here: the files are read, and not run")
        }
    }

    func perform() async throws -> Int32 {
        let finding = await find()
        write(json ? try jsonLine(finding) : finding.text, to: STDOUT_FILENO)
        return status(of: finding)
    }

    func status(of finding: Finding) -> Int32 {
        finding.error != nil || finding.mistakes != nil || strict && !finding.warnings.isEmpty ? 1 : 0
    }

    func find() async -> Finding {
        do {
            let examination = try await directory.loading().examine()
            return Finding(examination)
        } catch {
            return Finding(error: Finding.Problem(error))
        }
    }
}

/// The findings of `hook check`.
struct Finding: Encodable {
    struct Hook: Encodable {
        var name, file: String
        var line: Int
        var verb, target: String
        var description: String?
        /// Seconds.
        var timeout: Double?

        init(_ hook: Registration) {
            (name, file, line) = (hook.name, hook.file, hook.line)
            (verb, target, description) = (hook.verb.rawValue, hook.target, hook.description)
            timeout = hook.timeout?.inSeconds
        }

        enum CodingKeys: String, CodingKey, CaseIterable {
            case name, file, line, verb, target
            case description = "desc"
            case timeout
        }
    }

    struct Problem: Encodable {
        var file: String?
        var line: Int?
        var message: String
        var advice: String?

        init(_ mistake: HookMistake) {
            (file, line, message) = (mistake.file, mistake.line, mistake.message)
        }

        init(_ error: any Error) {
            let failure = Failure(error)
            (message, advice) = (failure.message, failure.advice)
            guard let place = (error as? HookError)?.place else { return }
            (file, line) = (place.file, place.line)
            if let bare = place.message { message = bare }
        }
    }

    var hooks: [Hook] = []
    var warnings: [String] = []
    /// Hooks that another run than a backup calls, and secrets that this host does not have; nil: none.
    var notes: [String]?
    /// The first error of loading.
    var error: Problem?
    /// All others, and the mistakes that a run would meet; nil: none.
    var mistakes: [Problem]?

    init(hooks: [Hook] = [], warnings: [String] = [], error: Problem? = nil) {
        (self.hooks, self.warnings, self.error) = (hooks, warnings, error)
    }

    init(_ examination: HookExamination) {
        hooks = examination.hooks.map(Hook.init)
        warnings = examination.warnings
        let told = examination.notes + examination.missing
        notes = told.isEmpty ? nil : told
        error = examination.errors.first.map { Problem($0) }
        let others = examination.errors.dropFirst().map { Problem($0) } + examination.mistakes.map { Problem($0) }
        mistakes =
            others.isEmpty ? nil : others.sorted { ($0.file ?? "", $0.line ?? 0) < ($1.file ?? "", $1.line ?? 0) }
    }

    var text: String {
        let problems = [error].compactMap(\.self) + (mistakes ?? [])
        let told =
            problems.map(\.text).joined() + warnings.map { "warning: \($0.printable)\n" }.joined()
            + (notes ?? []).map { "note: \($0.printable)\n" }.joined()
        guard problems.isEmpty else { return told }
        let files = Set(hooks.map(\.file)).count
        return told
            + "\(hooks.count) \(hooks.count == 1 ? "hook" : "hooks") in \(files) \(files == 1 ? "file" : "files")\n"
    }
}

extension Finding.Problem {
    fileprivate var text: String {
        // A message about a path names it.
        let place = file.map { file in
            line.map { "\(file):\($0): " } ?? (message.contains(file) ? "" : "\(file): ")
        }
        return "\(place ?? "")\(message)".printable + "\n" + (advice.map { "    advice: \($0.printable)\n" } ?? "")
    }
}

/// A value as one line of JSON.
///
/// - Throws: `EncodingError`.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self).printableJSON + "\n"
}
