// A program of its own that takes a backup with the library: it refuses to run on a replica, tells the
// important events, and says how it ended. Run it as root on a database host:
//     swift run embed /backups
import LVMBackup

@main
enum Embed {
    static func main() async {
        guard CommandLine.arguments.count == 2 else { return print("usage: embed DIRECTORY") }
        var configuration = Configuration(destination: CommandLine.arguments[1])
        configuration.keepLast = 3
        configuration.maxLock = .seconds(5)

        var backup = Backup(configuration: configuration)
        backup.before(.lock) { run in
            run.server?.isReplica == true ? .veto("this program backs up the source only") : .proceed
        }
        backup.before(.lock) { run in
            let rows = try await run.sql(
                "SELECT COUNT(*) AS running FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'"
            )
            run.note("\(rows.first?["running"]?.text ?? "0") replicas read from this server")
            return .proceed
        }
        backup.filter(.archiveExclude) { _, patterns in patterns + ["*.tmp"] }
        backup.on { event in
            switch event.fact {
            case .unlocked(let seconds): print("the server was locked for \(seconds) s")
            case .published(let set): print("backup set: \(set.location)")
            case .warning(let text): print("warning: \(text)")
            default: break
            }
        }

        let outcome = await backup.run()
        if let failure = outcome.failure { print("no backup: \(failure.message)") }
        for leak in outcome.leaked { print("left behind: \(leak.name)") }
        print("exit status of the command would be \(outcome.exitStatus)")
    }
}
