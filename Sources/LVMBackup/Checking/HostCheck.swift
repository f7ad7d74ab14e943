import Archive
import Hooks
import Lifecycle
import MySQL

/// Looks at everything that a backup, a restore and a hook need, and changes nothing.
package struct HostCheck: Sendable {
    private let configuration: Configuration
    private let usesHooks: Bool
    private let limits: AgeLimits

    /// - Parameters:
    ///   - usesHooks: whether the hook files belong to the runs.
    ///   - limits: for the age of the newest good set.
    package init(_ configuration: Configuration, usesHooks: Bool = true, limits: AgeLimits = AgeLimits()) {
        var configuration = configuration
        configuration.dryRun = true
        configuration.destination = configuration.destination.map(absolute)
        self.configuration = configuration
        self.usesHooks = usesHooks
        self.limits = limits
    }

    /// The result of a check.
    package struct Report: Sendable {
        package var findings: [CheckFinding]
        /// The newest good set of this host.
        package var newest: NewestSet?

        package init(findings: [CheckFinding], newest: NewestSet?) {
            self.findings = findings
            self.newest = newest
        }
    }

    /// Does not throw: each error is a finding.
    package func run(hooks bound: RunHooks = RunHooks()) async -> Report {
        let (files, hooks) = await examineHooks(bound)
        let rehearsal = await RehearsedRun(configuration: configuration, hooks: hooks).run()
        var findings = files + BootCleanup().findings() + rehearsal.findings
        findings += await privileges(rehearsal)
        if let server = rehearsal.server { findings += InstalledTools(server).findings() }
        let sets = await SetsCheck(configuration.destination, volume: rehearsal.volume?.fullName, limits: limits).run()
        return Report(findings: findings + sets.findings, newest: sets.newest)
    }

    // MARK: Hook files

    private func examineHooks(_ bound: RunHooks) async -> ([CheckFinding], RunHooks) {
        let name = "hooks"
        guard usesHooks else { return ([CheckFinding(name, .ok, "left out")], bound) }
        let examination = await HookLoading(configuration: configuration).examine()
        let failures =
            examination.errors.map { error in
                let failure = Failure(error)
                return CheckFinding(name, .failed, failure.message, advice: failure.advice)
            }
            + examination.mistakes.map {
                CheckFinding(
                    name,
                    .failed,
                    "\($0.file):\($0.line): \($0.message)",
                    advice: "see \"lvmbackup hook check\""
                )
            }
        // Without hook files in the usual place the site has none, which is no fault.
        let isEmpty = examination.hooks.isEmpty && configuration.hooksDirectory == nil
        let warnings =
            isEmpty ? [] : (examination.warnings + examination.missing).map { CheckFinding(name, .warning, $0) }
        guard failures.isEmpty else { return (failures + warnings, bound) }
        var hooks = bound
        do {
            _ = try await hooks.load(configuration)
        } catch {
            return ([CheckFinding(name, .failed, Failure(error).message, advice: Failure(error).advice)], bound)
        }
        let count = examination.hooks.count
        let files = Set(examination.hooks.map(\.file)).count
        let text =
            count == 0
            ? "none" : "\(count) \(count == 1 ? "hook" : "hooks") in \(files) \(files == 1 ? "file" : "files")"
        return ([CheckFinding(name, .ok, text)] + warnings, hooks)
    }

    // MARK: Privileges

    /// Those of the plan that the rehearsal has chosen; nothing where it chose none, as for a replaced `connect`.
    private func privileges(_ rehearsal: RehearsedRun.Result) async -> [CheckFinding] {
        guard let server = rehearsal.server, let plan = rehearsal.plan else { return [] }
        let name = "privileges"
        do {
            let granted = try await GrantedPrivileges.read(configuration.connectionOptions)
            let missing = granted.missing(for: plan, on: server)
            guard !missing.isEmpty else { return [CheckFinding(name, .ok, "enough for the lock plan \"\(plan)\"")] }
            let list = missing.joined(separator: ", ")
            let text = "the account has no \(list) of its own for the lock plan \"\(plan)\""
            guard !granted.hasRoles else {
                return [CheckFinding(name, .ok, text + "; its roles may give the privilege")]
            }
            return [CheckFinding(name, .failed, text, advice: "GRANT \(list) ON *.* TO the account of lvmbackup")]
        } catch {
            return [CheckFinding(name, .warning, Failure(error).message, advice: Failure(error).advice)]
        }
    }
}
