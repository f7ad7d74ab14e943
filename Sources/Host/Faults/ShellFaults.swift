internal import Faults

#if DEBUG
    import Dispatch
    import Glibc
#endif

/// Runs a shell's one line past the faults of its command.
///
/// - Parameters:
///   - shell: the command that waits for the line.
///   - run: gives it a line, and waits for its end.
func pastFaults(
    ofLine line: [UInt8],
    _ shell: RunningCommand,
    _ run: ([UInt8]) async throws -> CommandResult
) async throws -> CommandResult {
    #if DEBUG
        let point = "shell/" + String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        var line = line
        switch Faults.due(point, .entry) {
        // The result is no answer to the line.
        case .fail: line = Array("gibberish\n".utf8)
        case .hang(let seconds):
            shell.signal(SIGSTOP)
            after(seconds ?? 86_400) { shell.signal(SIGCONT) }
        case .killCommand(let seconds): after(seconds) { shell.signal(SIGKILL) }
        case let act?: try await SerialThread.once(name: "fault") { try act.strike(point, .entry) }
        case nil: break
        }
        let result = try await run(line)
        guard let act = Faults.due(point, .exit) else { return result }
        if act == .fail { return .broken }
        try await SerialThread.once(name: "fault") { try act.strike(point, .exit) }
        return result
    #else
        return try await run(line)
    #endif
}

/// Lets a shell that has been started ahead die, where that is the fault.
func passFaults(of shell: RunningCommand, _ name: String) {
    #if DEBUG
        if case .killCommand(let seconds)? = Faults.due("command/" + name, .exit) {
            after(seconds) { shell.signal(SIGKILL) }
        }
    #endif
}

#if DEBUG
    private func after(_ seconds: Double, _ act: @escaping @Sendable () -> Void) {
        guard seconds > 0 else { return act() }
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: act)
    }
#endif
