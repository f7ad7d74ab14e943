public import Lifecycle

/// What is wrong with hook files, before anything is started.
public enum HookError: Error, Equatable, Sendable {
    /// Somebody else could have changed it.
    case unsafe(String, reason: String, repair: String?)
    case unreadable(String, reason: String)
    case sameName(String, files: [String])
    /// The file's own code failed, or names what is not there.
    case invalid(LuaError)
    case unknownOption(hook: String, key: String, nearest: String?)
    /// Options for a hook that is not there.
    case noSuchHook(String, nearest: String?)
    case cycle([String])
}

extension HookError {
    /// The file that is to blame, its line where code is, and what is wrong without them; nil where no one file is.
    public var place: (file: String, line: Int?, message: String?)? {
        switch self {
        case .unsafe(let path, _, _), .unreadable(let path, _): (path, nil, nil)
        case .invalid(let error): error.file.map { ($0, error.line, error.message) }
        case .sameName, .unknownOption, .noSuchHook, .cycle: nil
        }
    }
}

extension HookError: ExplainedError {
    public var failure: Failure { Failure(.unsuitable, message, advice: advice) }

    private var message: String {
        switch self {
        case .unsafe(let path, let reason, _): "\"\(path)\" \(reason), and is not run"
        case .unreadable(let path, let reason): "\"\(path)\" can't be used: \(reason)"
        case .sameName(let name, let files):
            "two hook files have the name \"\(name)\": \(files.joined(separator: ", "))"
        case .invalid(let error): "\(error)"
        case .unknownOption(let hook, let key, _): "hook \"\(hook)\" has no option \"\(key)\""
        case .noSuchHook(let name, _): "the configuration has [hooks.\(name)], and no hook file has that name"
        case .cycle(let names): "these hook files each run after the next: \(names.joined(separator: ", "))"
        }
    }

    private var advice: String? {
        switch self {
        case .unsafe(let path, _, let repair):
            repair.map { "look who changed it, then: \($0) \(quotedForShell(path))" }
        case .unreadable, .invalid: "repair the file, or leave all hooks out with --no-hooks"
        case .sameName: "rename one of them"
        case .unknownOption(_, _, let nearest), .noSuchHook(_, let nearest): nearest.map { "did you mean \"\($0)\"?" }
        case .cycle: "take one of their \"runs_after\" or \"runs_before\" out"
        }
    }
}
