/// An external program to run: an argument vector, never a shell.
package struct Command: Sendable {
    /// How a command is ended when its deadline has passed.
    package enum Ending: Sendable, Equatable {
        /// TERM, and KILL after a grace of five seconds. Cancelling the task does the same.
        case terminateThenKill
        /// TERM, then wait as long as it takes; a cancelled task waits for the command's own end and gets its
        /// result. For LVM: killed in its critical section, it leaves the origin suspended.
        case terminateOnly
    }

    /// The user that a command runs as.
    package struct User: Sendable, Equatable {
        package var uid: UInt32
        package var gid: UInt32
        /// Supplementary groups.
        package var groups: [UInt32]

        package init(uid: UInt32, gid: UInt32, groups: [UInt32] = []) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// A path, or a name that is looked up in `SearchPath.directories`.
    package var executable: String
    package var arguments: [String]
    /// Added to `LC_ALL=C` and PATH.
    ///
    /// The child inherits no other variable.
    package var environment: [String: String]
    /// The command's standard input; /dev/null where empty.
    package var input: [UInt8]
    package var workingDirectory: String?
    package var deadline: Duration
    package var ending: Ending
    /// Nil: the caller's user.
    package var user: User?
    /// Receives standard output as it comes, on the command's own thread.
    package var onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
    /// A descriptor that the command reads in place of `input`.
    package var standardInput: CommandEnd?
    /// A descriptor that takes standard output, which then is neither kept nor passed on.
    package var standardOutput: CommandEnd?
    /// The program itself, executed by descriptor; `executable` is then only its name.
    package var program: HeldFile?
    /// No program that the command starts gets more rights than the command has.
    package var isConfined = false

    package init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String] = [:],
        input: [UInt8] = [],
        workingDirectory: String? = nil,
        deadline: Duration = .seconds(60),
        ending: Ending = .terminateThenKill,
        user: User? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.workingDirectory = workingDirectory
        self.deadline = deadline
        self.ending = ending
        self.user = user
    }
}

extension Command: CustomStringConvertible {
    /// The words of the command, for messages.
    package var description: String { ([executable] + arguments).joined(separator: " ") }
}
