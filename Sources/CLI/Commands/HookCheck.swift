import ArgumentParser
import Foundation
import Glibc
import LVMBackup

struct HookCheck: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Load every hook file as a run would, and say what is wrong.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var directory: HookDirectoryOptions
    @Flag(help: "Warnings count as errors.")
    var strict: Bool = false
    @Flag(help: "Print what was found as JSON.")
    var json: Bool = false

    func perform() async throws -> Int32 {
        let finding = await find()
        write(json ? try jsonLine(finding) : finding.text, to: STDOUT_FILENO)
        return status(of: finding)
    }

    func status(of finding: Finding) -> Int32 {
        finding.error != nil || strict && !finding.warnings.isEmpty ? 1 : 0
    }

    func find() async -> Finding {
        do {
            let hooks = try await directory.load()
            return Finding(hooks: hooks.registrations.map(Finding.Hook.init), warnings: hooks.warnings)
        } catch {
            return Finding(error: Finding.Problem(error))
        }
    }
}

/// What `hook check` found out.
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

        private enum CodingKeys: String, CodingKey {
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
    var error: Problem?

    var text: String {
        if let error {
            let place = error.file.flatMap { file in error.line.map { "\(file):\($0): " } } ?? ""
            let advice = error.advice.map { "  what to do: \($0.printable)\n" } ?? ""
            return "\(place)\(error.message)".printable + "\n\(advice)"
        }
        let files = Set(hooks.map(\.file)).count
        return warnings.map { "warning: \($0.printable)\n" }.joined() + "\(hooks.count) hooks in \(files) files\n"
    }
}

/// A value as one line of JSON.
///
/// - Throws: `EncodingError`.
func jsonLine(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
}
