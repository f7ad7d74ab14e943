import Foundation
import LVMBackup
import Testing

@testable import CLI

@Suite struct `Configurations of other tools` {
    private func lines(_ imported: ImportedConfiguration) -> [String] {
        imported.settings.map { "\($0.setting.rawValue) = \($0.value.toml)" }.sorted()
    }

    /// The text is read back by the reader of the configuration file, and its settings make a configuration.
    private func check(_ imported: ImportedConfiguration) throws {
        let settings = try ConfigurationFile.parse(imported.text, path: "x.toml")
        #expect(settings.all.count == imported.settings.count, "\(imported.text)")
        _ = try settings.configuration()
    }

    @Test func `the file of Debian's package of mylvmbackup says what its defaults mean`() throws {
        let text = try String(contentsOfFile: "/etc/mylvmbackup.conf", encoding: .utf8)
        let imported = try ImportedConfiguration(file: text, name: "mylvmbackup.conf")
        try check(imported)
        #expect(
            lines(imported) == [
                "backup-directory = \"/var/cache/mylvmbackup/backup/\"", "compress = \"gzip:9\"",
                "logical-volume = \"mysql/data\"", "skip-extra-flush-tables = true", "snapshot-size = \"5G\"",
                "user = \"root\"",
            ]
        )
        // Nothing else in that file differs from what every run does.
        #expect(imported.remarks.count == 2, "\(imported.text)")
    }

    @Test(arguments: [
        ("[mysql]\nsocket=/run/x.sock\nport=3307\nhost=", "port = 3307; socket = \"/run/x.sock\""),
        ("[lvm]\nvgname=vg0", "logical-volume = \"vg0/data\""),
        ("[lvm]\nlvsize=700", "snapshot-size = \"700M\""),
        ("[lvm]\nbackuplv=nightly", "snapshot-name = \"nightly\""),
        ("[misc]\nbackuptype=none", "snapshot-only = true"),
        ("[misc]\nbackupretention=14", "keep-last = 14"),
        ("[misc]\nskip_flush_tables=1\nextra_flush_tables=1", "skip-flush-tables = true"),
        ("[misc]\ntarsuffixarg=--exclude=*.pid --exclude lost+found", "exclude = [\"*.pid\", \"lost+found\"]"),
        ("[tools]\ncompress=/usr/bin/pigz\n[misc]\ncompressarg=--stdout --fast", "compress = \"gzip:1\""),
        ("[tools]\ncompress=zstd\n[misc]\ncompressarg=-q -3", "compress = \"zstd:3\""),
        ("[tools]\ncompress=", "compress = \"none\""),
        ("[logging]\nlog_method=both", "syslog = true"),
        ("[misc]\n# quiet=0\nquiet = \"1\"  ", "quiet = true"),
        ("[holland:backup]\nplugin = mysql-lvm\nbackups-to-keep = 3", "keep-last = 3"),
        (
            "[mysql-lvm]\nsnapshot-size = 2048\ninnodb-recovery = yes",
            "innodb-recovery = true; snapshot-size = \"2048M\""
        ),
        (
            "[mysql-lvm]\nlock-tables = no\nextra-flush-tables = no",
            "skip-extra-flush-tables = true; skip-flush-tables = true"
        ),
        (
            "[holland]\n[compression]\nmethod = pigz\nlevel = 4\n[mysql-lvm]\nlock-tables = yes",
            "compress = \"gzip:4\""
        ),
        (
            "[mysql-lvm]\n[tar]\nexclude = mysql.sock,\n  *.err\n[holland:backup]\nplugin=mysql-lvm",
            "exclude = [\"mysql.sock\", \"*.err\"]"
        ),
        (
            "[mysql-lvm]\narchive-method = tar\n[mysql:client]\ndefaults-extra-file = ~/.my.cnf",
            "defaults-file = \"~/.my.cnf\""
        ),
    ])
    func `a file's option becomes a setting`(text: String, expected: String) throws {
        let imported = try ImportedConfiguration(file: text, name: "x.conf")
        #expect(lines(imported).joined(separator: "; ") == expected)
        try check(imported)
    }

    @Test(arguments: [
        (
            "mylvmbackup --user=root --vgname=vg0 --lvname=my --quiet",
            "logical-volume = \"vg0/my\"; quiet = true; user = \"root\""
        ),
        ("/usr/bin/mylvmbackup --backuptype none --lvsize 1G", "snapshot-only = true; snapshot-size = \"1G\""),
        (
            "pylvmbackup -u backup -h localhost --snapshot-size=5g /backups",
            "backup-directory = \"/backups\"; host = \"localhost\"; snapshot-size = \"5G\"; user = \"backup\""
        ),
        (
            "pylvmbackup --skip-flush-tables --defaults-file /root/b.cnf /b",
            "backup-directory = \"/b\"; defaults-file = \"/root/b.cnf\"; skip-flush-tables = true"
        ),
        (
            "pylvmbackup --skip-extra-flush-tables --logical-volume vg/lv --innodb-recovery /b",
            "backup-directory = \"/b\"; innodb-recovery = true; logical-volume = \"vg/lv\"; skip-extra-flush-tables = true"
        ),
    ])
    func `a command line becomes settings`(line: String, expected: String) throws {
        let imported = try ImportedConfiguration(commandLine: line.split(separator: " ").map(String.init))
        #expect(lines(imported).joined(separator: "; ") == expected)
        try check(imported)
    }

    @Test(arguments: [
        ("[misc]\nbackuptype=tar\nkeep_snapshot=1", "line 3", "snapshot-only"),
        ("[misc]\nbackuptype=rsync", "line 2", "examples/rsync"),
        ("[lvm]\nbackuplv=data_%Y", "line 2", "no such value"),
        ("[misc]\nbackupretention=many", "line 2", "no such value"),
        ("[fs]\nbackupdir=backup@host:/srv", "line 2", "absolute path"),
        ("[fs]\nbackupdir=/b/%Y", "line 2", "absolute path"),
        ("[tools]\ncompress=xz", "line 2", "50-compressor.lua"),
        ("[reporting]\nmail_report_on=always", "line 2", "90-notify.lua"),
        ("[misc]\nhooksdir=/etc/mylvm/hooks", "line 2", "30-mylvmbackup-hooks.lua"),
        ("[misc]\nno_such_option=1", "line 2", "no such option"),
        ("[holland:backup]\nplugin = mysqldump", "line 2", "mysql-lvm"),
        ("[holland:backup]\nbefore-backup-command = /bin/x", "line 2", "before(\"connect\")"),
    ])
    func `an option without a counterpart becomes a comment that says what to do`(
        text: String,
        place: String,
        word: String
    ) throws {
        let imported = try ImportedConfiguration(file: text, name: "x.conf")
        let comment = imported.text.split(separator: "\n").last ?? ""
        #expect(comment.hasPrefix("# \(place), ") && comment.contains(word), "\(imported.text)")
        try check(imported)
    }

    @Test func `a password is not repeated`() throws {
        let file = try ImportedConfiguration(file: "[mysql]\npassword=hunter2", name: "x.conf")
        let line = try ImportedConfiguration(commandLine: ["mylvmbackup", "--password=hunter2"])
        let indented = try ImportedConfiguration(file: "[mysql]\n user=root\n password=hunter2", name: "x.conf")
        #expect(lines(indented) == ["user = \"root\""])
        for text in [file.text, line.text, indented.text] {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("defaults-file"))
        }
    }

    @Test func `a value that a terminal would obey is escaped, and read back as it was`() throws {
        let name = "a\u{1B}[2J\u{202E}\u{9B}b"
        let imported = try ImportedConfiguration(commandLine: ["mylvmbackup", "--backuplv=\(name)", "--prefix=\(name)"])
        #expect(imported.text.unicodeScalars.allSatisfy { $0 == "\n" || $0.isPrintable })
        #expect(try ConfigurationFile.parse(imported.text, path: "x.toml")[.snapshotName] == .text(name))
    }

    @Test func `a line break in a value cannot add a key`() throws {
        let words = ["mylvmbackup", "--lvsize=1G\nuser = \"x\"", "--mountdir=a\nquiet = true"]
        let imported = try ImportedConfiguration(commandLine: words)
        let settings = try ConfigurationFile.parse(imported.text, path: "x.toml")
        #expect(settings.all.map(\.setting) == [.snapshotSize])
    }

    @Test func `a file of another program and a command of another tool are refused`() {
        #expect(throws: SettingsError.self) { try ImportedConfiguration(file: "[client]\nuser=x", name: "my.cnf") }
        #expect(throws: SettingsError.self) {
            try ImportedConfiguration(commandLine: ["mysqldump", "--all-databases"])
        }
        #expect(throws: SettingsError.self) { try ImportedConfiguration(commandLine: ["holland", "bk"]) }
    }
}
