import Lifecycle

/// The tables among the fields of `run`.
extension APIRecord {
    static let serverFields = [
        APIField(
            "flavour",
            .string,
            usual: ["mariadb", "mysql", "percona"],
            required: true,
            "\"mariadb\", \"mysql\", \"percona\", or the word of a replaced connect"
        ),
        APIField("version", .string, form: .version, required: true, "as the server reports it"),
        APIField("uuid", .string, "the identity that the server keeps in its data directory"),
        APIField("datadir", .string, form: .path, required: true, "the data directory, absolute"),
        APIField("files", .list, of: .dataFile, required: true, "every path that belongs to the data"),
        APIField("engines", .list, of: .engine, required: true, "the storage engines, and how many tables each has"),
        APIField("is_replica", .boolean, required: true, "whether it replicates from another server"),
        APIField("process", .table, of: .process, "the server's process, where it is known"),
        APIField("keys", .list, items: .string, "where encryption keys are"),
        APIField("settings", .table, items: .string, "settings without which no other server starts on the data"),
        APIField("plugins", .list, items: .string, "libraries of plug-ins without which the data cannot be read"),
    ]

    static let dataFileFields = [
        APIField("role", .string, required: true, "such as \"datadir\", \"redoLog\", \"binlog\", \"tablespace\""),
        APIField("path", .string, required: true, "absolute, as the server sees it"),
        APIField("is_required", .boolean, required: true, "whether a backup without it is no backup"),
        APIField("names", .list, items: .string, "shell patterns of the names in a directory that belong to the data"),
        APIField("link", .string, "the symbolic link that leads the server there"),
    ]

    static let engineFields = [
        APIField("engine", .string, required: true, "such as \"InnoDB\""),
        APIField("user_tables", .integer, required: true, "tables outside the system schemas"),
        APIField("system_tables", .integer, required: true, "tables inside the system schemas"),
        APIField("is_transactional", .boolean, required: true, "whether its tables recover by themselves"),
    ]

    static let processFields = [
        APIField("pid", .integer, required: true, "the process id"),
        APIField("start_time", .integer, required: true, "clock ticks from the boot to its start"),
        APIField("witnesses", .list, items: .string, required: true, "files that it holds open in the data directory"),
    ]

    static let volumeFields = [
        APIField("group", .string, required: true, "volume group"),
        APIField("name", .string, required: true, "logical volume"),
        APIField("uuid", .string, required: true, "the volume's UUID; empty where it is not LVM's"),
        APIField("device", .string, required: true, "the device node"),
        APIField("device_number", .string, required: true, "such as \"253:0\""),
        APIField("size", .integer, required: true, "bytes"),
        APIField("free", .integer, required: true, "bytes that the volume group has free"),
        APIField("thin_pool", .string, "the thin pool; nil for a thick volume"),
        APIField("filesystem", .string, required: true, "such as \"xfs\""),
        APIField("mount_points", .list, items: .string, required: true, "where it is mounted"),
    ]

    static let pathFields = [
        APIField("role", .string, required: true, "such as \"datadir\""),
        APIField("path", .string, required: true, "absolute, as the server sees it"),
        APIField("real_path", .string, "the same without symbolic links, where it differs"),
        APIField("path_on_volume", .string, required: true, "from the root of the volume, without a leading slash"),
        APIField("names", .list, items: .string, "shell patterns of the names in a directory that belong to the data"),
    ]

    static let lockFields = [
        APIField(
            "plan",
            .string,
            usual: ["stage", "read-lock", "instance", "none"],
            required: true,
            "the plan's name, such as \"stage\""
        ),
        APIField("reason", .string, required: true, "why this plan"),
        APIField("is_held", .boolean, required: true, "whether it is held just now"),
        APIField("held", .number, since: .snapshot, "seconds from the grant to the release, once it is released"),
    ]

    static let coordinatesFields = [
        APIField("binlog", .table, of: .binlog, "place in the server's own binary log"),
        APIField("gtid", .string, form: .gtid, "the server's GTID state"),
        APIField("replica_gtid", .string, form: .gtid, "`gtid_slave_pos` of MariaDB"),
        APIField("channels", .list, of: .channel, "the channels through which the server replicates"),
        APIField("inexact_because", .string, form: .name, "why replaying from here may lose or repeat something"),
        APIField("statement", .string, "the statement that makes the restored copy a replica of this server"),
    ]

    static let binlogFields = [
        APIField("file", .string, form: .name, required: true, "the log's name"),
        APIField("position", .integer, form: .position, required: true, "bytes from the start of the file"),
    ]

    static let channelFields = [
        APIField("name", .string, required: true, "empty for the default channel"),
        APIField("source_host", .string, form: .name, required: true, "the source's host"),
        APIField("source_port", .integer, form: .port, required: true, "the source's port"),
        APIField("executed", .table, of: .binlog, "the place in the source's log up to which this server has come"),
        APIField("inexact_because", .string, "why going on from there may lose or repeat something"),
    ]

    static let snapshotFields = [
        APIField("name", .string, required: true, "group/name"),
        APIField("device", .string, required: true, "the device node"),
        APIField("uuid", .string, required: true, "the volume's UUID; empty where it is not LVM's"),
    ]

    static let mountFields = [
        APIField("path", .string, form: .path, required: true, "the copy of the data directory"),
        APIField("mount_point", .string, form: .path, required: true, "where the snapshot's file system is mounted"),
    ]

    static let recoveryFields = [
        APIField("clean", .boolean, required: true, "whether the copy is consistent"),
        APIField("log", .string, "the path of the recovery server's log"),
    ]

    static let verificationFields = [
        APIField(
            "level",
            .string,
            usual: ["checksums", "structure", "start"],
            required: true,
            "how far copy or set are checked, or what a replaced verify calls it"
        ),
        APIField("files", .integer, "files whose checksums were compared"),
        APIField("bytes", .integer, "bytes of data, holes left out"),
        APIField("table_files", .integer, "tablespaces and tables that check programs read"),
        APIField("tables", .integer, "tables that a private server checked"),
        APIField("left_out", .list, items: .string, "files that check programs could not read, each with the reason"),
    ]

    static let restoreFields = [
        APIField("target", .string, form: .path, required: true, "the directory that becomes the data directory"),
        APIField(
            "point_in_time",
            .string,
            "time, position or GTID up to which binary logs are applied (`--until`), as it was given"
        ),
        APIField("binlogs", .string, "the directory of the binary logs"),
        APIField("only", .list, required: true, "patterns of the members that are restored; empty for all"),
        APIField("force", .boolean, required: true, "whether a target that is not empty is accepted"),
        APIField("any_server", .boolean, required: true, "whether any installed server is accepted"),
        APIField("members", .integer, "members of the archive; nil for a stream"),
        APIField("bytes", .integer, "bytes of data, holes left out; nil for a stream"),
    ]

    static let restorationFields = [
        APIField("target", .string, required: true, "the data directory"),
        APIField("files", .integer, required: true, "files in it"),
        APIField("bytes", .integer, required: true, "bytes of files, holes left out"),
        APIField("kept", .integer, required: true, "files that an interrupted restore had written already"),
        APIField("left_out", .integer, required: true, "members of the archive that were not restored"),
        APIField("is_checked", .boolean, required: true, "whether all content was compared with checksums"),
        APIField("transactions", .integer, "transactions of binary logs that were applied; nil without `--until`"),
        APIField("position", .string, "the log and the position behind the last of them"),
        APIField("gtid", .string, "the GTID of the last of them"),
    ]

    static let archiveFields = [
        APIField(
            "location",
            .string,
            required: true,
            "absolute path of the archive, \"-\", or a replacement's own word"
        ),
        APIField("bytes", .integer, "bytes written; nil where a replacement does not say"),
        APIField("files", .integer, "files in it; nil where a replacement does not say"),
    ]

    static let setFields = [
        APIField("id", .string, required: true, "the run's id"),
        APIField("directory", .string, "the set's directory; unfinished until publish, and elsewhere then"),
        APIField(
            "location",
            .string,
            since: .publish,
            "the published set's directory, \"-\", or where the archive is"
        ),
        APIField("manifest", .string, since: .publish, "path of the manifest"),
        APIField("host", .string, "the host that was backed up, in a restore or a verification"),
        APIField("created", .number, "the moment of its data, seconds since 1970, in a restore or a verification"),
    ]

    static let timingsFields = StepName.allCases.map { APIField($0.rawValue, .number, "seconds") }

    /// Settings that were not given are nil.
    static let configFields = [
        APIField("backup_directory", .string, "the destination"),
        APIField("compress", .string, required: true, "as `--compress` spells it"),
        APIField("defaults_file", .string, "the option file of the connection"),
        APIField("exclude", .list, items: .string, required: true, "patterns of paths that are left out"),
        APIField("host", .string, "the server's host"),
        APIField("innodb_recovery", .boolean, required: true, "whether the copy is recovered"),
        APIField("keep_last", .integer, "how many of the newest sets stay"),
        APIField("keep_hourly", .integer, "in how many of the newest hours the last set stays"),
        APIField("keep_daily", .integer, "the same for days"),
        APIField("keep_weekly", .integer, "the same for weeks"),
        APIField("keep_monthly", .integer, "the same for months"),
        APIField("keep_yearly", .integer, "the same for years"),
        APIField("keep_within", .number, "seconds that a set may be older than the newest one to stay"),
        APIField(
            "lock",
            .string,
            words: ["auto", "stage", "read-lock", "instance", "none"],
            required: true,
            "as `--lock` spells it"
        ),
        APIField("lock_wait_timeout", .number, required: true, "seconds"),
        APIField("logical_volume", .string, "as it was given"),
        APIField("max_lock", .number, required: true, "seconds"),
        APIField("mount_directory", .string, "where the snapshot is mounted"),
        APIField("port", .integer, "the server's port"),
        APIField("scratch", .string, "the directory that gets the restored data of a verification"),
        APIField("snapshot_name", .string, "the snapshot's name"),
        APIField("snapshot_only", .boolean, required: true, "whether the snapshot itself is the backup"),
        APIField("snapshot_size", .string, "as `--snapshot-size` spells it"),
        APIField("socket", .string, "the server's socket"),
        APIField("user", .string, "the database user"),
        APIField(
            "verify",
            .string,
            words: ["checksums", "structure", "start"],
            "the level at which the published set is verified"
        ),
    ]
}
