import Archive
import ArgumentParser
import Glibc
import Host
import LVMBackup

/// How a set is opened, for each command that does it.
struct OpenOptions: ParsableArguments {
    @OptionGroup var sets: SetOptions

    @Option(
        help: ArgumentHelp(
            "Directory of root's that gets the restored data for as long as the set is open (default: beside the set).",
            valueName: "directory"
        ),
        completion: .directory
    )
    var scratch: String?

    @Flag(help: "Accept an installed server of another flavour or an older version.") var anyServer: Bool = false
    @Option(help: ArgumentHelp("Account of the server, beside mysql and mariadb.", valueName: "user"))
    var serverUser: String?
    @Option(
        help: ArgumentHelp("Threads that read and decompress (default: one for each core).", valueName: "number")
    )
    var threads: Int?

    /// - Throws: `SettingsError`
    func opening(at place: SetPlace, guardian: GuardianLauncher? = nil) throws -> SetOpening {
        var opening = SetOpening(place, configuration: try sets.configuration(), guardian: guardian)
        opening.scratch = scratch
        opening.acceptsAnyServer = anyServer
        opening.serverUser = serverUser
        opening.threads = threads
        return opening
    }

    /// - Parameter namespace: the process's own.
    /// - Throws: `ReadError`, `ArchiveError`, `SettingsError`
    func opening(of set: String, in namespace: MountNamespace?) async throws -> SetOpening {
        try opening(at: try await sets.place(set), guardian: GuardianLauncher(namespace: namespace))
    }

    func warn(_ line: String) { write("lvmbackup: \(line.printable)\n", to: STDERR_FILENO) }
}

/// A command that has no other reports than its own lines.
struct QuietOption: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.") var quiet: Bool = false

    /// Tells the user something on standard error, which leaves standard output to the work.
    func say(_ line: String) {
        if !quiet { write("lvmbackup: \(line.printable)\n", to: STDERR_FILENO) }
    }
}

/// The end of the work on an open set, as the command tells it.
struct OpeningEnd {
    let ending: ReleaseScope.Ending<Int32>

    static func tell(_ leaks: [Leak]) {
        for leak in leaks {
            write("lvmbackup: LEFT BEHIND: \(leak.name.printable): \(leak.reason.printable)\n", to: STDERR_FILENO)
            if let repair = leak.repair { write("  repair it with: \(repair.printable)\n", to: STDERR_FILENO) }
        }
    }

    /// The work's own status; 2 or 3 where something was left behind.
    ///
    /// - Throws: the failure of the work, where nothing was left behind.
    func status() throws -> Int32 {
        Self.tell(ending.leaked)
        switch ending.result {
        case .success(let status): return ending.leaked.isEmpty ? status : 2
        case .failure(let error):
            let failure = error is CancellationError ? Failure(.cancelled, "interrupted by a signal") : Failure(error)
            guard !ending.leaked.isEmpty else { throw failure }
            write("lvmbackup: \(failure.message.printable)\n", to: STDERR_FILENO)
            return 3
        }
    }
}
