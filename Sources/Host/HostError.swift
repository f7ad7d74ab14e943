#if canImport(Glibc)
    import Glibc
#endif

/// What the machine refused, and why.
public enum HostError: Error, Equatable, Sendable {
    /// No directory of the search path holds the executable.
    case commandNotFound(String)
    /// A command ended with a status other than 0; `reason` is what it said on standard error.
    case commandFailed(command: String, status: CommandResult.Status, reason: String)
    /// A command was ended because its time was spent.
    case commandTimedOut(command: String, limit: Duration)
    /// A command could not be started.
    case commandNotStarted(command: String, reason: String)
    /// A system call failed on a thing.
    case systemCall(String, on: String, errno: Int32)
    /// A mount point or device can't be let go: somebody holds it.
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
    /// What a test asked for without having scripted it.
    case unscripted(String)
}

extension HostError: CustomStringConvertible {
    public var description: String { message }

    /// What failed, on which thing, and why; lower case, no full stop.
    public var message: String {
        switch self {
        case .commandNotFound(let name): "no executable \"\(name)\" in \(SearchPath.joined)"
        case .commandFailed(let command, let status, let reason):
            "\"\(command)\" \(status)" + (reason.isEmpty ? "" : ": \(reason)")
        case .commandTimedOut(let command, let limit):
            "\"\(command)\" did not end within \(limit.components.seconds) s"
        case .commandNotStarted(let command, let reason): "\"\(command)\" could not be started: \(reason)"
        case .systemCall(let call, let thing, let errno): "\(call) \"\(thing)\": \(errorText(errno))"
        case .busy(let thing, let holders): "\"\(thing)\" is in use" + Holder.list(holders)
        case .locked(let name, let owner): "\"\(name)\" is locked" + (owner.map { " by \($0)" } ?? "")
        case .malformed(let file, let reason): "\"\(file)\" can't be read: \(reason)"
        case .foreignNamespace(let pid):
            "the mounts of process \(pid) cannot be trusted: they are of a user namespace of its own"
        case .tooManyThreads(let act): "\(act) has to happen before the first thread is started"
        case .guardianNotReady: "the guardian process did not report itself"
        case .unscripted(let command): "nothing is scripted for \"\(command)\""
        }
    }

    /// What the operator can do about it.
    public var advice: String? {
        switch self {
        case .commandNotFound(let name): "install the package that holds \"\(name)\""
        case .commandTimedOut: "look whether the machine is overloaded or a device does not answer"
        case .foreignNamespace: "run the server in a user namespace of the host, or lvmbackup in that of the server"
        case .busy: "end what holds it, then run \"lvmbackup cleanup\""
        case .locked: "wait until the other run has ended"
        default: nil
        }
    }

    /// The failure of the system call that just returned.
    static func last(_ call: String, _ thing: String) -> Self {
        .systemCall(call, on: thing, errno: errno)
    }
}

/// What an errno means, in the system's words.
func errorText(_ number: Int32) -> String {
    String(cString: strerror(number)).lowercased()
}
