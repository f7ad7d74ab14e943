import Foundation
import Glibc

/// Starts a process with its standard streams in the files `input`, `output` and `errors` of a directory.
///
/// (Foundation's `Process` does not see the end of a program that leaves a server in the background.)
func spawn(_ arguments: [String], environment: [String: String], directory: String) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let create = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, 0, "\(directory)/input", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "\(directory)/output", create, 0o644)
    posix_spawn_file_actions_addopen(&actions, 2, "\(directory)/errors", create, 0o644)
    // Threads of the tests block signals; a program as a shell starts it has none blocked.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    posix_spawnattr_setsigmask(&attributes, &unblocked)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    let argumentVector = arguments.map { strdup($0) } + [nil]
    let variableVector = variables.map { strdup($0) } + [nil]
    defer { for pointer in argumentVector + variableVector { free(pointer) } }
    var pid: Int32 = 0
    let status = posix_spawnp(&pid, arguments[0], &actions, &attributes, argumentVector, variableVector)
    guard status == 0 else { throw CannotStart(program: arguments[0], reason: String(cString: strerror(status))) }
    return pid
}

/// Waits, on a thread of its own, until a process has ended; as a shell reports it, 128 and the signal's number.
func statusOfEnded(_ pid: Int32) async -> Int32 {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
        }
    }
}

/// A program of the lab that could not be started.
struct CannotStart: Error, CustomStringConvertible {
    let program: String
    let reason: String

    var description: String { "cannot start \"\(program)\": \(reason)" }
}
