import LVMBackup

extension ImportRules {
    static let mylvmbackupSections: Set<String> = [
        "mysql", "lvm", "fs", "tools", "misc", "logging", "reporting", "zbackup",
    ]

    private static let connection: [String: Meaning] = [
        "user": .setting(.user, text), "host": .setting(.host, text), "socket": .setting(.socket, text),
        "port": .setting(.port, number),
        "password": .advice(
            "put the password into an option file that only root can read, and name that in \"defaults-file\"",
            unless: [""]
        ),
    ]

    private static let ownProgram = "the host's own program is called"
    private static let otherArchiver = "an archiver is a hook: see examples/restic, examples/borg and examples/rsync"
    private static let byTheMoment = "a set is named by the moment of its run: see examples/policies/40-names.lua"
    private static let mail = "hooks/90-notify.lua reports the outcome of a run"

    /// Of version 0.15, by its manual and the file of Debian's package.
    static let mylvmbackup = ImportRules(
        name: "mylvmbackup",
        meanings: connection.merging(misc) { $1 }.merging(archive) { $1 }.merging(tools) { $1 },
        foldsNames: true
    )

    private static let misc: [String: Meaning] = [
        "": .advice("mylvmbackup takes no arguments", unless: []),
        "action": .advice("\"lvmbackup prune\" removes old sets", unless: ["backup"]),
        "backupdir": .part,
        "backuplv": .setting(.snapshotName) { $0.isEmpty || $0.contains("%") ? nil : .text($0) },
        "backupretention": .setting(.keepLast, number),
        "configfile": .advice("import that file as well", unless: []),
        "datefmt": .needless(byTheMoment, unless: ["%Y%m%d_%H%M%S"]),
        "extra_flush_tables": .flag(.skipExtraFlushTables, true, when: false),
        "hooksdir": .advice(
            "hooks/30-mylvmbackup-hooks.lua runs hooks of mylvmbackup; its README tells how",
            unless: ["/usr/share/mylvmbackup"]
        ),
        "innodb_recover": .flag(.innodbRecovery, true, when: true),
        "keep_mount": .advice("\"lvmbackup open\" shows the data of a set or of a kept snapshot", unless: ["0"]),
        "keep_snapshot": .advice("\"snapshot-only\" keeps the snapshot, and makes no archive", unless: ["0"]),
        "log_method": .word(
            .syslog,
            ["": nil, "console": nil, "syslog": .flag(true), "both": .flag(true)],
            otherwise: "messages go to standard error, and with \"syslog\" to the host's syslog"
        ),
        "lvname": .part,
        "lvsize": .setting(.snapshotSize, size),
        "mail_from": .advice(mail, unless: ["", "root@localhost"]),
        "mail_report_on": .advice(mail, unless: ["never"]),
        "mail_subject": .needless(mail, unless: ["mylvmbackup report for localhost"]),
        "mail_to": .advice(mail, unless: ["", "root@localhost"]),
        "mountdir": .needless(
            "each run makes a private directory for its mount",
            unless: ["/var/cache/mylvmbackup/mnt/"]
        ),
        "mycnf": .part,
        "mysqld_safe": .needless("the recovery runs the live server's own program", unless: ["mysqld_safe"]),
        "pidfile": .needless(
            "the recovery server's files lie in a private directory",
            unless: ["/var/run/mylvmbackup_recoverserver.pid"]
        ),
        "prefix": .needless(byTheMoment, unless: ["backup"]),
        "quiet": .flag(.quiet, true, when: true),
        "recoveryopts": .needless(
            recoverySettings,
            unless: ["--skip-networking --skip-grant --bootstrap --skip-syslog --skip-slave-start"]
        ),
        "relpath": .needless("the data directory is found on its volume", unless: [""]),
        "skip_flush_tables": .flag(.skipFlushTables, true, when: true),
        "skip_hooks": .advice("\"--no-hooks\" leaves all hooks out of one run", unless: ["0"]),
        "skip_mycnf": .part,
        "suffix": .needless(byTheMoment, unless: ["_mysql"]),
        "syslog_facility": .needless("messages go to the facility daemon", unless: [""]),
        "syslog_remotehost": .advice("let the host's syslog forward to another host", unless: [""]),
        "syslog_socktype": .needless("messages go to the local syslog", unless: ["native"]),
        "thin": .needless("a thin volume is recognised", unless: ["0"]),
        "vgname": .part,
        "xfs": .needless("the file system is recognised", unless: ["0"]),
    ]

    private static let archive: [String: Meaning] = [
        "backuptype": .word(.snapshotOnly, ["tar": nil, "none": .flag(true)], otherwise: otherArchiver),
        "compress": .part, "compressarg": .part,
        "rsnaparg": .advice(otherArchiver, unless: ["7"]), "rsnaprsyncarg": .advice(otherArchiver, unless: [""]),
        "rsyncarg": .advice(otherArchiver, unless: ["-avWP"]),
        "tararg": .needless("the archive is a pax file with all attributes", unless: ["cf", "cvf"]),
        "tarfilesuffix": .needless("the archive's name tells its compression", unless: [".tar.gz"]),
        "tarsuffixarg": .part,
        "zbackuparg": .advice(otherArchiver, unless: ["--non-encrypted"]),
    ]

    private static let tools: [String: Meaning] = Dictionary(
        uniqueKeysWithValues: ["lvcreate", "lvremove", "lvs", "mount", "rsnap", "rsync", "tar", "umount", "zbackup"]
            .map { ($0, .needless(ownProgram, unless: [$0])) }
    )

    /// Of version 0.3, by its manual: the names are the same, and it reads no file.
    static let pylvmbackup = ImportRules(
        name: "pylvmbackup",
        meanings: connection.merging([
            "": .setting(.backupDirectory, path),
            "config": .advice("pylvmbackup reads no configuration file", unless: []),
            "defaults-file": .setting(.defaultsFile, text),
            "innodb-recovery": .flag(.innodbRecovery, true, when: true),
            "logical-volume": .setting(.logicalVolume, text),
            "mount-directory": .setting(.mountDirectory, path),
            "password": .advice("\"--password\" asks for it; better is a \"defaults-file\"", unless: []),
            "skip-extra-flush-tables": .flag(.skipExtraFlushTables, true, when: true),
            "skip-flush-tables": .flag(.skipFlushTables, true, when: true),
            "snapshot-name": .setting(.snapshotName, text),
            "snapshot-size": .setting(.snapshotSize, size),
        ]) { $1 },
        flags: ["innodb-recovery", "password", "skip-extra-flush-tables", "skip-flush-tables"],
        shortNames: ["P": "port", "S": "socket", "c": "config", "h": "host", "p": "password", "u": "user"]
    )

    /// Of version 1.3, the file of a backup set whose plug-in is mysql-lvm, or the file of the program itself.
    static let holland = ImportRules(
        name: "holland",
        meanings: [
            "holland/backup-directory": .setting(.backupDirectory, path),
            "holland/backupsets": .advice("import the file of each backup set", unless: [""]),
            "holland/path": .needless("programs are looked for in the system's own directories", unless: []),
            "holland/plugin-dirs": .needless("extensions are hooks, in Lua", unless: []),
            "holland/tmpdir": .setting(.scratch, path),
            "holland/umask": .needless("a set can be read by its owner only", unless: []),
            "holland/user": .needless("a run needs root", unless: ["root"]),
            "logging/filename": .setting(.syslog) { $0.isEmpty ? nil : .flag(true) },
            "logging/level": .setting(.logLevel) { levels[$0.lowercased()].map { .text($0) } },
            "holland:backup/plugin": .advice(
                "only mysql-lvm takes the same kind of backup",
                unless: ["mysql-lvm", "mysqldump-lvm"]
            ),
            "holland:backup/backups-to-keep": .setting(.keepLast, number),
            "holland:backup/purge-policy": .advice(
                "each run removes old sets after it has published its own; without \"keep-last\" none does",
                unless: ["after-backup"]
            ),
            "holland:backup/auto-purge-failures": .needless("the parts of a failed run are removed", unless: []),
            "holland:backup/purge-on-demand": .advice(
                "no set is removed before the new one is published",
                unless: ["no"]
            ),
            "holland:backup/before-backup-command": .advice(commandHook("before(\"connect\")"), unless: [""]),
            "holland:backup/after-backup-command": .advice(commandHook("on(\"finished\")"), unless: [""]),
            "holland:backup/failed-backup-command": .advice(commandHook("on(\"finished\")"), unless: [""]),
            "mysql-lvm/snapshot-name": .setting(.snapshotName, text),
            "mysql-lvm/snapshot-size": .setting(.snapshotSize, size),
            "mysql-lvm/snapshot-mountpoint": .setting(.mountDirectory, path),
            "mysql-lvm/innodb-recovery": .flag(.innodbRecovery, true, when: true),
            "mysql-lvm/force-innodb-backup": .advice("data on other volumes is refused", unless: ["no"]),
            "mysql-lvm/lock-tables": .flag(.skipFlushTables, true, when: false),
            "mysql-lvm/extra-flush-tables": .flag(.skipExtraFlushTables, true, when: false),
            "mysql-lvm/archive-method": .advice("an archive is a tar file", unless: ["tar"]),
            "holland:backup/estimated-size-factor": .needless("a run looks at the room itself", unless: ["1", "1.0"]),
            "mysqld/mysqld-exe": .needless("the recovery runs the live server's own program", unless: []),
            "mysqld/user": .needless("the recovery server has the user of the live server", unless: ["mysql"]),
            "mysqld/innodb-buffer-pool-size": .needless(recoverySettings, unless: ["128M"]),
            "mysqld/tmpdir": .needless("the recovery server's files lie in a private directory", unless: [""]),
            "tar/exclude": .part,
            "tar/pre-args": .advice(tarOptions, unless: [""]), "tar/post-args": .advice(tarOptions, unless: [""]),
            "compression/method": .part, "compression/level": .part,
            "compression/options": .advice("\"compress\" has a level, and no other options", unless: [""]),
            "compression/inline": .needless("an archive is compressed as it is written", unless: ["yes"]),
            "compression/bin-path": .needless("compression needs no program", unless: [""]),
            "compression/split": .advice("an archive is one file", unless: ["no"]),
            "mysql:client/defaults-extra-file": .file(.defaultsFile),
            "mysql:client/defaults-file": .file(.defaultsFile),
            "mysql:client/user": .setting(.user, text), "mysql:client/host": .setting(.host, text),
            "mysql:client/socket": .setting(.socket, text), "mysql:client/port": .setting(.port, number),
            "mysql:client/password": connection["password"] ?? .part,
        ],
        continuesValues: true
    )

    static let tarOptions = "options of tar have no counterpart but \"exclude\""
    private static let recoverySettings = "the recovery server has the settings that its data needs"
    private static let levels = [
        "debug": "debug", "info": "info", "warning": "warning", "error": "error", "critical": "error",
    ]

    private static func commandHook(_ verb: String) -> String { "call it in a hook, by \(verb) and \"run:exec\"" }
}
