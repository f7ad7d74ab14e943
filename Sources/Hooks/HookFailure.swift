import Lifecycle

/// The error of a hook, with the lines around it.
struct HookFailure {
    let error: LuaError
    let file: HookFile
    let limit: Duration?
    /// Which option sets the limit.
    let option: String?

    init(_ error: LuaError, _ file: HookFile, _ limit: Duration?, option: String? = nil) {
        self.error = error
        self.file = file
        self.limit = limit
        self.option = option
    }

    var message: String { (error.file.map { file in "\(file):\(error.line ?? 0): " } ?? "") + reason }

    /// The message without its place.
    var reason: String {
        switch error.cause {
        case .outOfTime: "it took longer than \(limit?.inSeconds.formatted ?? "") s\(option.map { " (\($0))" } ?? "")"
        case .outOfMemory: "it needs more than \(HookState.memoryLimit >> 20) MiB, which no option changes"
        case .madeWay: "it was still busy, and was pre-empted by a release of its file"
        case .raised: error.message
        }
    }

    /// The line, the one before and the one after it, and the calls that led to it.
    var advice: String? {
        guard error.file == file.fileName, let line = error.line, line > 0 else { return nil }
        let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
        let shown = (max(1, line - 1)...(line + 1)).filter { $0 <= lines.count }.map { number in
            "\(number == line ? ">" : " ") \(number) | \(lines[number - 1])"
        }
        let trace = error.traceback.split(separator: "\n").dropFirst().map { "  from \($0)" }
        return (["look at \(file.path):"] + shown + trace).joined(separator: "\n")
    }
}

extension Failure {
    init(_ failure: HookFailure, provider: String) {
        self.init(.failed, failure.message, advice: failure.advice, provider: provider)
    }
}
