import Archive
import Glibc
import Host
import LVM

/// The texts of a configuration, read and checked.
struct Parts: Sendable {
    private(set) var archive: ArchiveOptions
    let excludes: ExcludePatterns
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
        excludes = try ExcludePatterns(configuration.exclude)
        let rules = KeepRules(configuration)
        keepRules = rules.isEmpty ? nil : rules
        autoextend = try AutoextendPolicy(threshold: configuration.snapshotExtendAt, maximum: configuration.snapshotMax)
        proofLevel = try configuration.verify.map { try ProofLevel($0, configuration) }
    }
}

extension Configuration {
    /// Reads every text in it, as a run does first.
    ///
    /// - Throws: the error of the first text that cannot be read.
    package func check() throws { _ = try Parts(self) }
}
