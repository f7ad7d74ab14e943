import Glibc

/// - Returns: seconds that a program takes that does nothing, as a tool starts its hooks.
func spawnTrue() throws -> Double {
    try seconds { _ = try status(of: ["/bin/true"], expecting: 0) }
}

/// The start of the command, up to a refusal that comes right after the hook files are loaded.
struct Start {
    let command: String
    let directory: String

    func seconds(withHooks: Bool) throws -> Double {
        let options = withHooks ? ["--hooks", directory] : ["--no-hooks"]
        let words = [command, "backup", "--quiet"] + options + ["/nonexistent/backups"]
        return try HookBench.seconds { _ = try status(of: words, expecting: 78) }
    }
}

private func status(of words: [String], expecting expected: Int32) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    let arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var child = pid_t()
    guard posix_spawn(&child, words[0], &actions, nil, arguments, environ) == 0 else { throw Broken(what: words[0]) }
    var status: Int32 = 0
    guard waitpid(child, &status, 0) == child, status & 0x7f == 0, (status >> 8) & 0xff == expected else {
        throw Broken(what: "\(words.joined(separator: " ")): wait status \(status)")
    }
    return expected
}
