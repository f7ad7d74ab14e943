import Archive
internal import Faults
import Glibc
import Host
import Lifecycle
import Storage

/// Checks everything that can be checked before a session is opened, and cleans up after stale runs.
struct PreflightStep: StepProvider {
    let name = "preflight"
    let configuration: Configuration
    /// Whether the run uses LVM and mounts, or a program replaced these steps.
    let needsRoot: Bool
    /// Whether the archive, or the manifest of a kept snapshot, goes into a directory.
    let needsDestination: Bool
    let cleanUp: @Sendable (Run) async throws -> Void

    func provide(_ run: Run) async throws -> Provision<Void> {
        for warning in configuration.warnings { run.warn(warning) }
        if needsRoot { try checkPrivilege() }
        if needsDestination { try checkDestination() }
        // Hooks' records exist without LVM, too.
        if geteuid() == 0 { try await cleanUp(run) }
        if geteuid() == 0, !run.isDryRun { try checkRecords() }
        try await Faults.pass("step/preflight", .middle)
        return .done
    }

    func plan(_ run: Run) async throws -> [String] { [] }

    private func checkPrivilege() throws {
        guard geteuid() != 0 else { return }
        throw SettingsError(
            "root is needed: LVM commands, mounting, and starting the recovery server as the owner of the data",
            advice: "run it with sudo, or as a systemd service"
        )
    }

    /// Before the lock, not after the recovery: without a record nothing is archived.
    private func checkRecords() throws {
        do {
            try RunRecord.probe(in: configuration.recordDirectory)
        } catch {
            throw SettingsError(
                "a run's undos cannot be recorded: \(Failure(error).message)",
                advice: "make \"\(configuration.stateDirectory)\" writable, and make room in it"
            )
        }
    }

    private func checkDestination() throws {
        guard let destination = configuration.destination else {
            throw SettingsError(
                "no backup directory is given",
                advice:
                    "name one, such as \"lvmbackup /backups\", or set \"backup-directory\" in the configuration file"
            )
        }
        guard !destination.isEmpty else { throw SettingsError("the name of the backup directory is empty") }
        guard destination != "-" else { return }
        var status = stat()
        guard stat(destination, &status) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw SettingsError(
                "the backup directory \"\(destination)\" cannot be used: \(reason)",
                advice: "create it"
            )
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw SettingsError("the backup directory \"\(destination)\" is not a directory")
        }
        do { _ = try HeldDirectory.following(destination) } catch HostError.malformed(_, let reason) {
            throw SettingsError(
                "the backup directory \"\(destination)\" is not used: \(reason)",
                advice: "name the directory itself, without the link"
            )
        }
        guard access(destination, W_OK | X_OK) == 0 else {
            let reason = String(cString: strerror(errno)).lowercased()
            throw SettingsError("the backup directory \"\(destination)\" cannot be written to: \(reason)")
        }
    }
}
