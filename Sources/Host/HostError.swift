#if canImport(Glibc)
    import Glibc
#endif

/// An act that the machine refused, and the reason.
package enum HostError: Error, Equatable, Sendable {
    /// No directory of the search path holds the executable.
    case commandNotFound(String)
    /// A command ended with a status other than 0; `reason` is what it said on standard error.
    case commandFailed(command: String, status: CommandResult.Status, reason: String)
    /// A command was ended because its deadline had passed.
    case commandTimedOut(command: String, limit: Duration)
    /// A command could not be started.
    case commandNotStarted(command: String, reason: String)
    /// A system call failed on a thing.
    case systemCall(String, on: String, errno: Int32)
    case noThread(errno: Int32)
    /// A mount point or device cannot be let go: somebody holds it.
    case busy(String, holders: [Holder])
    /// Another run has the lock.
    case locked(String, owner: RunLock.Owner?)
    /// A file of the system isn't written as expected.
    case malformed(String, reason: String)
    /// A process's mount namespace was made in a user namespace that is not this process's.
    case foreignNamespace(pid: Int32)
    /// The act is possible only while the process has a single thread.
    case tooManyThreads(act: String)
    /// The guardian process did not report itself.
    case guardianNotReady
    /// A command that a test did not script.
    case unscripted(String)
}

extension HostError: CustomStringConvertible {
    package var description: String { message }

    /// The failed operation, its object and the cause; lower case, no full stop.
    package var message: String {
        switch self {
        case .commandNotFound(let name): "no executable \"\(name)\" in \(SearchPath.joined)"
        case .commandFailed(let command, let status, let reason):
            "\"\(command)\" \(status)" + (reason.isEmpty ? "" : ": \(reason)")
        case .commandTimedOut(let command, let limit):
            "\"\(command)\" did not end within \(limit.components.seconds) s"
        case .commandNotStarted(let command, let reason): "\"\(command)\" could not be started: \(reason)"
        case .systemCall(let call, let thing, let errno): "\(call) \"\(thing)\": \(errorText(errno))"
        case .noThread(let errno): "no thread could be started: \(errorText(errno))"
        case .busy(let thing, let holders): "\"\(thing)\" is in use" + Holder.list(holders)
        case .locked(let name, let owner): "\"\(name)\" is locked" + (owner.map { " by \($0)" } ?? "")
        case .malformed(let file, let reason): "\"\(file)\" cannot be read: \(reason)"
        case .foreignNamespace(let pid):
            "the mounts of process \(pid) cannot be trusted: they are of a user namespace of its own"
        case .tooManyThreads(let act): "\(act) has to happen before the first thread is started"
        case .guardianNotReady: "the guardian process did not report itself"
        case .unscripted(let command): "no answer is scripted for \"\(command)\""
        }
    }

    /// The remedy for the operator.
    package var advice: String? {
        switch self {
        case .commandNotFound(let name): "install the package that holds \"\(name)\""
        case .commandTimedOut: "look whether the machine is overloaded or a device does not answer"
        case .foreignNamespace: "run the server in a user namespace of the host, or lvmbackup in that of the server"
        case .busy: "end the processes that use it, then run \"lvmbackup cleanup\""
        case .locked: "wait until the other run has ended"
        default: nil
        }
    }

    /// The failure of the system call that just returned.
    package static func last(_ call: String, _ thing: String) -> Self {
        .systemCall(call, on: thing, errno: errno)
    }
}

/// The system's text for an errno.
func errorText(_ number: Int32) -> String {
    String(cString: strerror(number)).lowercased()
}
