package import Lifecycle

/// Errors in hook files, found before the run starts.
package enum HookError: Error, Equatable, Sendable {
    /// Another user could have changed it.
    case unsafe(String, reason: String, repair: String?)
    case unreadable(String, reason: String)
    case sameName(String, files: [String])
    /// The file's own code failed, or uses an unknown name.
    case invalid(LuaError)
    case unknownOption(hook: String, key: String, nearest: String?)
    /// Options for a missing hook.
    case noSuchHook(String, nearest: String?)
    /// The same of `--set`.
    case noSuchHookGiven(String, nearest: String?)
    case cycle([String])
    /// More than one mistake; at least two.
    case several([HookError])
}

extension HookError {
    /// Each of the mistakes.
    package var all: [HookError] {
        if case .several(let errors) = self { errors.flatMap(\.all) } else { [self] }
    }

    /// - Returns: nil of none.
    init?(_ errors: [HookError]) {
        guard let first = errors.first else { return nil }
        self = errors.count == 1 ? first : .several(errors)
    }
}

extension HookError {
    /// In the order of files and lines; those without a place come last, as they are.
    func isBefore(_ other: HookError) -> Bool {
        guard let place else { return false }
        guard let otherPlace = other.place else { return true }
        return (place.file, place.line ?? 0) < (otherPlace.file, otherPlace.line ?? 0)
    }

    /// The file with the error, its line where there is one, and the message without them; nil where no single file is
    /// the cause.
    package var place: (file: String, line: Int?, message: String?)? {
        switch self {
        case .unsafe(let path, _, _), .unreadable(let path, _): (path, nil, nil)
        case .invalid(let error): error.file.map { ($0, error.line, error.message) }
        case .several(let errors): errors.first?.place
        case .sameName, .unknownOption, .noSuchHook, .noSuchHookGiven, .cycle: nil
        }
    }
}

extension HookError: ExplainedError {
    package var failure: Failure { Failure(.unsuitable, message, advice: advice) }

    private var message: String {
        switch self {
        case .unsafe(let path, let reason, _): "\"\(path)\" \(reason), and is not run"
        case .unreadable(let path, let reason): "\"\(path)\" cannot be used: \(reason)"
        case .sameName(let name, let files):
            "two hook files have the name \"\(name)\": \(files.joined(separator: ", "))"
        case .invalid(let error): "\(error)"
        case .unknownOption(let hook, let key, _): "hook \"\(hook)\" has no option \"\(key)\""
        case .noSuchHook(let name, _):
            "the configuration has [hooks.\(name)], and no hook file has that name"
        case .noSuchHookGiven(let name, _): "--set has an option of \"\(name)\", and no hook file has that name"
        case .several(let errors): errors.map(\.message).joined(separator: "\n")
        case .cycle(let names): "these hook files each run after the next: \(names.joined(separator: ", "))"
        }
    }

    private var advice: String? {
        switch self {
        case .unsafe(let path, _, let repair):
            repair.map { "find out which user changed it, then: \($0) \(quotedForShell(path))" }
        case .unreadable(let path, _) where !path.hasSuffix(".lua"): "correct --hooks or \"hooks-directory\""
        case .unreadable, .invalid: "repair the file, or leave all hooks out with --no-hooks"
        case .sameName: "rename one of them"
        case .unknownOption(_, _, let nearest), .noSuchHook(_, let nearest),
            .noSuchHookGiven(_, let nearest):
            nearest.map { "did you mean \"\($0)\"?" }
        case .several(let errors): errors.compactMap(\.advice).first
        case .cycle: "take one of their \"runs_after\" or \"runs_before\" out"
        }
    }
}
