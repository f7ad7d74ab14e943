package import Hooks
import Host
import Lifecycle
import MySQL

/// Reads the hook files, and gives them what they can reach.
package struct HookLoading: Sendable {
    /// The usual directory of hook files.
    package static let directory = "/etc/lvmbackup/hooks.d"

    let configuration: Configuration

    /// Creates a loader for the hook files of a configuration.
    package init(configuration: Configuration) { self.configuration = configuration }

    /// - Parameter directory: nil: the configuration's, or the usual one where it exists.
    /// - Throws: `HookError`, `HostError`.
    package func load(_ directory: String? = nil) async throws -> Hooks {
        try await Hooks.load(try read(directory), services: services)
    }

    /// Loads the files, and reads them for mistakes that only a run would meet.
    ///
    /// - Returns: all mistakes, in the order of files and lines, and the loaded files.
    package func examine(_ directory: String? = nil) async -> HookExamination {
        var examination = HookExamination()
        var (files, libraries): ([HookFile], [HookFile]) = ([], [])
        do {
            let read = try read(directory)
            libraries = read.libraries
            files = read.files + libraries
            let hooks = try await Hooks.load(read, services: services)
            examination.hooks = hooks.registrations
            let (never, elsewhere) = UnreachableHooks.sorted(hooks.registrations, configuration)
            let obstacle = UnreachableHooks.obstacle(toVerifyAfter: hooks.registrations, configuration)
            examination.warnings = hooks.warnings + [obstacle].compactMap(\.self) + never
            examination.notes = elsewhere
            if hooks.registrations.isEmpty { examination.warnings.append("there are no hooks in \"\(read.path)\"") }
        } catch let error as HookError {
            examination.errors = error.all
        } catch {
            let path = directory ?? configuration.hooksDirectory ?? Self.directory
            examination.errors = [.unreadable(path, reason: Failure(error).message)]
        }
        var settings = ScanSettings(maxLock: configuration.maxLock, rules: .ofRun)
        settings.libraries = libraries
        settings.hasDirectory = configuration.destination != "-" && !configuration.snapshotOnly
        examination.warnings += files.flatMap { $0.doubts(under: settings) }.map {
            "\($0.file):\($0.line): \($0.message)"
        }
        examination.missing = files.flatMap(missingSecrets)
        let told = examination.errors.compactMap(\.place)
        examination.mistakes = files.flatMap { $0.mistakes(under: settings) }.filter { mistake in
            !told.contains { $0.file == mistake.file && $0.line == mistake.line }
        }
        return examination
    }

    /// The secrets that a file names and that no run can read here.
    private func missingSecrets(_ file: HookFile) -> [String] {
        file.secrets.compactMap { secret -> String? in
            do {
                _ = try Secrets.read(secret.name)
                return nil
            } catch {
                let failure = Failure(error)
                let advice = failure.advice.map { ": \($0)" } ?? ""
                return "\(file.fileName):\(secret.line): \(failure.message)\(advice)"
            }
        }
    }

    /// Hooks of these that are never called under the configuration, and why.
    package func unreachable(_ registrations: [Registration]) -> [String] {
        UnreachableHooks.notes(registrations, configuration)
    }

    /// The files, checked and not run.
    ///
    /// - Throws: `HookError`, `HostError`.
    package func read(_ directory: String? = nil) throws -> HookDirectory {
        let named = directory ?? configuration.hooksDirectory
        return try HookDirectory.read(named ?? Self.directory, isOptional: named == nil)
    }

    private var services: HookServices {
        let connection = configuration.connectionOptions
        // The session does not wait for another session's lock.
        let impatient = "SET SESSION `lock_wait_timeout` = 1"
        let reading = HookSession(connection, impatient, "SET SESSION TRANSACTION READ ONLY")
        let writing = HookSession(connection, impatient)
        let patience = max(1, Int(configuration.lockWaitTimeout.inSeconds.rounded(.up)))
        let locking = HookSession(
            connection,
            "SET SESSION `lock_wait_timeout` = \(patience)",
            "SET SESSION `wait_timeout` = 28800"
        )
        var services = HookServices(
            commands: .system,
            query: { try await reading.query($0).forHooks },
            administer: { try await writing.query($0).forHooks },
            lockSession: LockSession(
                query: { try await locking.query($0).forHooks },
                prove: { try await locking.prove() },
                cut: { await locking.cut() },
                renew: { await locking.renew() }
            ),
            secret: Secrets.read
        )
        services.endAdministration = { await writing.end() }
        let copy = CopyQuestions()
        services.queryCopy = { try await copy.query($0, $1).forHooks }
        services.endCopy = { try await copy.end() }
        services.options = configuration.hookOptions
        services.given = configuration.givenHookOptions
        services.settings = configuration.forHooks
        return services
    }
}

/// The mistakes in hook files, and their hooks.
package struct HookExamination: Sendable {
    /// The hooks, in the order in which they are asked.
    package var hooks: [Registration] = []
    /// Warnings, which stop no run.
    package var warnings: [String] = []
    /// Hooks that a backup does not call, and another run does.
    package var notes: [String] = []
    /// Secrets that no run can read on this host; the host that checks the files may be another one.
    package var missing: [String] = []
    /// Errors of loading.
    package var errors: [HookError] = []
    /// Errors that a run would meet.
    package var mistakes: [HookMistake] = []
}

extension Configuration {
    /// The part of it that hooks may read.
    var forHooks: LuaValue {
        var fields: [String: LuaValue] = [
            "lock": .text(lock.rawValue), "compress": .text(compress), "snapshot_only": .bool(snapshotOnly),
            "exclude": .list(exclude.map(LuaValue.text)), "innodb_recovery": .bool(innodbRecovery),
            "max_lock": .number(maxLock.inSeconds), "lock_wait_timeout": .number(lockWaitTimeout.inSeconds),
        ]
        let texts = [
            "backup_directory": destination, "logical_volume": logicalVolume, "snapshot_name": snapshotName,
            "snapshot_size": snapshotSize, "mount_directory": mountDirectory, "user": user, "host": host,
            "socket": socket, "defaults_file": defaultsFile, "verify": verify, "scratch": scratch,
        ]
        for (name, text) in texts { fields[name] = text.map(LuaValue.text) }
        fields["port"] = port.map { .integer(Int64($0)) }
        let counts = [
            "keep_last": keepLast, "keep_hourly": keepHourly, "keep_daily": keepDaily, "keep_weekly": keepWeekly,
            "keep_monthly": keepMonthly, "keep_yearly": keepYearly,
        ]
        for (name, count) in counts { fields[name] = count.map { .integer(Int64($0)) } }
        fields["keep_within"] = keepWithin.map { .number($0.inSeconds) }
        return .table(fields)
    }
}
