import Archive
import Glibc
import Host
import LVM
import Lifecycle
import MySQL

/// A configuration in the terms of each technology, every text in it read and checked.
struct Parts: Sendable {
    private(set) var archive: ArchiveOptions
    let mysql: MySQLOptions
    /// Nil where no set is removed.
    let keepRules: KeepRules?
    let autoextend: AutoextendPolicy
    /// Nil where the published set is not verified.
    let proofLevel: ProofLevel?

    /// - Throws: the error of a text that cannot be read, before any act.
    init(_ configuration: Configuration) throws {
        archive = ArchiveOptions(
            destination: configuration.destination.map {
                $0 == "-" ? .stream(descriptor: STDOUT_FILENO) : .directory($0)
            },
            compression: try Compression(configuration.compress),
            threads: configuration.threads,
            excludes: configuration.exclude,
            tool: "lvmbackup \(Version.current)"
        )
        archive.machine = Identity.machineID()
        archive.hookOptions = configuration.givenHookOptions
        let patterns = try ExcludePatterns(configuration.exclude)
        var mysql = Self.mysql(configuration)
        mysql.dataRules = DataRules { patterns.leavesOut($0, in: $1, isDirectory: $2) }
        self.mysql = mysql
        let rules = KeepRules(configuration)
        keepRules = rules.isEmpty ? nil : rules
        autoextend = try AutoextendPolicy(threshold: configuration.snapshotExtendAt, maximum: configuration.snapshotMax)
        proofLevel = try configuration.verify.map { try ProofLevel($0, configuration) }
    }

    private static func mysql(_ configuration: Configuration) -> MySQLOptions {
        var options = MySQLOptions(connection: configuration.connectionOptions)
        options.lock = LockPlanOption(configuration.lock)
        options.allowsInconsistent = configuration.allowInconsistent
        options.skipsExtraFlush = configuration.skipExtraFlushTables
        options.lockWaitTimeout = configuration.lockWaitTimeout
        options.flushTimeout = min(options.flushTimeout, configuration.lockWaitTimeout)
        options.maxQueryAge = configuration.maxQueryAge
        options.recovers = configuration.innodbRecovery
        options.serverExecutable = configuration.serverExecutable
        return options
    }
}

extension LockPlanOption {
    init(_ choice: LockChoice) {
        self =
            switch choice {
            case .auto: .auto
            case .stage: .stage
            case .instance: .instance
            case .readLock: .readLock
            case .none: .none
            }
    }
}

extension Configuration {
    /// Reads every text in it, as a run does first.
    ///
    /// - Throws: the error of the first text that cannot be read.
    package func check() throws { _ = try Parts(self) }
}
