import Lifecycle

/// What went wrong in a hook, with the lines around it.
struct HookFailure {
    let error: LuaError
    let file: HookFile
    let limit: Duration?

    init(_ error: LuaError, _ file: HookFile, _ limit: Duration?) {
        self.error = error
        self.file = file
        self.limit = limit
    }

    var message: String {
        let place = error.file.map { file in "\(file):\(error.line ?? 0): " } ?? ""
        switch error.cause {
        case .outOfTime: return "\(place)it took longer than \(limit?.inSeconds.formatted ?? "") s"
        case .outOfMemory: return "\(place)it needs more than \(HookState.memoryLimit >> 20) MiB"
        case .madeWay: return "\(place)it was still busy, and made way for a release of its file"
        case .raised: return place + error.message
        }
    }

    /// The line, the one before and the one after it, and how it was come to.
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
