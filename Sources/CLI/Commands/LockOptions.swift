import ArgumentParser
import LVMBackup

struct LockOptions: ParsableArguments, SettingsGroup {
    @Option(
        help: ArgumentHelp(
            "Lock plan: auto, stage, read-lock, instance or none (default: auto).",
            valueName: "plan"
        ),
        completion: .list(LockChoice.allCases.map(\.rawValue))
    )
    var lock: String?

    @Option(help: ArgumentHelp("How long the lock may be held (default: 30s).", valueName: "time"))
    var maxLock: String?

    @Option(help: ArgumentHelp("How long writers may be made to wait for the lock (default: 60s).", valueName: "time"))
    var lockWaitTimeout: String?

    @Option(
        help: ArgumentHelp(
            "Refuse the read lock while a statement has been running longer than this, or \"off\" (default: 60s).",
            valueName: "time"
        )
    )
    var maxQueryAge: String?

    @Flag(help: "No extra FLUSH TABLES before the global read lock.")
    var skipExtraFlushTables: Bool = false

    @Flag(help: "Neither flush nor lock: the plan \"none\".")
    var skipFlushTables: Bool = false

    @Flag(help: "Let the plan \"none\" go on where tables or files do not qualify; the set says so.")
    var allowInconsistent: Bool = false

    @Flag(inversion: .prefixedNo, help: "Recover InnoDB in the snapshot before it is archived (default: yes).")
    var innodbRecovery: Bool?

    @Option(
        help: ArgumentHelp(
            "Program of the recovery server, as the live server sees it, to be trusted (default: the live server's own).",
            valueName: "file"
        ),
        completion: .file()
    )
    var serverExecutable: String?

    func fill(_ settings: inout Settings) {
        settings.set(.lock, lock)
        settings.set(.maxLock, maxLock)
        settings.set(.lockWaitTimeout, lockWaitTimeout)
        settings.set(.maxQueryAge, maxQueryAge)
        settings.set(.skipExtraFlushTables, skipExtraFlushTables ? true : nil)
        settings.set(.skipFlushTables, skipFlushTables ? true : nil)
        settings.set(.allowInconsistent, allowInconsistent ? true : nil)
        settings.set(.innodbRecovery, innodbRecovery)
        settings.set(.serverExecutable, serverExecutable)
    }
}
