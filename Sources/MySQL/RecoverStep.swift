import Host
package import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Runs a private server on the copy, so that any server starts on it: InnoDB's and Aria's crash recovery, with the
/// copy's own binary log to decide on prepared transactions.
package struct RecoverStep: StepProvider {
    package let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``, `HostError`.
    package func provide(_ run: Run) async throws -> Provision<Recovery> {
        guard let connected = context.server(of: run) else { return .declined(MySQLContext.notOurs) }
        guard let mount = run.mount, let found = run.location else { return .declined("no snapshot is mounted") }
        let layout = FrozenLayout(
            run: run,
            connected: connected,
            rules: context.options.dataRules,
            acceptsInconsistent: context.options.allowsInconsistent
        )
        try await layout.complete(found, mount)
        guard context.options.recovers else { return .declined("recovery is switched off") }
        let location = run.location ?? found
        let paths = try await SerialThread.once(name: "recovery") {
            let paths = try CopyPaths(location: location, mount: mount, server: connected.server)
            try CopyProof.check(mount, paths, connected.reading)
            return paths
        }
        let copy = try await SerialThread.once(name: "recovery") {
            try RecoverableCopy(connected.reading, paths)
        }
        let work = RecoveryWork(run: run, options: context.options, copy: copy)
        var recovery = try await work.perform()
        let options = context.options
        recovery.inspect = {
            // No directory of the copy is open until the first question: an open one would keep it mounted.
            CopyInspection { inspect in
                let again = try await SerialThread.once(name: "recovery") {
                    let paths = try CopyPaths(location: location, mount: mount, server: connected.server)
                    return try RecoverableCopy(connected.reading, paths)
                }
                var work = RecoveryWork(run: run, options: options, copy: again)
                work.inspect = inspect
                _ = try await work.perform()
            }
        }
        return .result(recovery)
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let connected = context.server(of: run), context.options.recovers else { return [] }
        let executable = try ServerExecutable(context.options.serverExecutable, of: connected.reading)
        return ["\(executable.path) --defaults-file=\(context.options.runtimeDirectory)/lvmbackup-\(run.id)-…/my.cnf"]
    }
}
