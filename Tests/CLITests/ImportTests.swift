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
        try settings.checkForms()
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
            "defaults-file = \"/root/.my.cnf\""
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
        ("[misc]\nno_such_option=1", "line 2", "no_such_option = …\": unknown to lvmbackup"),
        ("[holland:backup]\nplugin = mysql-lvm\nestimated-size-factor = 0.4", "line 3", "room"),
        ("[mysql-lvm]\n[mysqld]\ninnodb-buffer-pool-size = 1G", "line 3", "recovery server"),
        ("[mysql-lvm]\n[mysqld]\nuser = db", "line 3", "recovery server"),
        ("[mysql-lvm]\n[mysqld]\ntmpdir = /x", "line 3", "private directory"),
        ("[mysql-lvm]\n[compression]\noptions = --rsyncable", "line 3", "level"),
        ("[mysql-lvm]\n[compression]\ninline = no", "line 3", "as it is written"),
        ("[mysql-lvm]\n[compression]\nbin-path = /opt/pigz", "line 3", "no program"),
        ("[mysql-lvm]\n[tar]\npre-args = --acls", "line 3", "exclude"),
        ("[mysql-lvm]\n[tar]\npost-args = --acls", "line 3", "exclude"),
        (
            "[mysql-lvm]\n[mysql:client]\ndefaults-extra-file = ~/.my.cnf, /root/.my.cnf", "line 3",
            "is one file"
        ),
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

    @Test(arguments: [
        "mylvmbackup --pass=%", "mylvmbackup --pass %", "mylvmbackup -p %", "mylvmbackup -p%", "mylvmbackup -p=%",
        "mylvmbackup --Password=%", "mylvmbackup --PASSWORD %", "mylvmbackup -password=%", "mylvmbackup --passwd=%",
        "mylvmbackup --passwd %", "mylvmbackup %", "mylvmbackup --user root --passphrase=%", "pylvmbackup -p% /b",
        "pylvmbackup -p % /b", "pylvmbackup /b -p %", "pylvmbackup -p=% /b", "pylvmbackup --password % /b",
        "pylvmbackup --password=% /b", "pylvmbackup --passwd % /b", "pylvmbackup --passwd=% /b",
        "pylvmbackup --pass % /b",
        "pylvmbackup --pass=%", "pylvmbackup -x% /b", "pylvmbackup /b %", "pylvmbackup --Password % /b",
    ])
    func `no spelling of a command line makes a password part of the text`(line: String) throws {
        let words = line.replacing("%", with: "s3cret").split(separator: " ").map(String.init)
        #expect(!(try ImportedConfiguration(commandLine: words).text.contains("s3cret")))
    }

    @Test(arguments: [
        "[mysql]\npassword = %", "[mysql]\npasswd = %", "[mysql]\npass=%", "[mysql]\nPassword=%", "[mysql]\npassword %",
        "[mysql]\npassword: %", "[mysql]\nmypassword: %", "[mysql-lvm]\n[mysql:client]\npasword = %",
        "[mysql-lvm]\n[mysql:client]\npassword = %", "[mysql-lvm]\n[mysql:client]\npassword: %",
        "[mysql-lvm]\n[client]\npassword = %", "[mysql-lvm]\n[mysql:client]\nx = y\n  %",
        "[holland:backup]\nbefore-backup-command = mysql -p% -e 1", "[holland:backup]\nmy-command = mysql -p%",
    ])
    func `no line of a file makes a password part of the text`(text: String) throws {
        let imported = try ImportedConfiguration(file: text.replacing("%", with: "s3cret"), name: "x.conf")
        #expect(!imported.text.contains("s3cret"), "\(imported.text)")
        try check(imported)
    }

    @Test(arguments: [
        ("pylvmbackup -uroot -S/x /b", "backup-directory = \"/b\"; socket = \"/x\"; user = \"root\""),
        ("pylvmbackup -P3307 -hdb /b", "backup-directory = \"/b\"; host = \"db\"; port = 3307"),
        ("pylvmbackup -uroot -ps3cret /b", "backup-directory = \"/b\"; user = \"root\""),
        ("pylvmbackup --snapshot-si 5G /b", "backup-directory = \"/b\"; snapshot-size = \"5G\""),
        ("pylvmbackup --snapshot 5G /b", "backup-directory = \"/b\""),
        ("pylvmbackup --user root --verbose /b", "backup-directory = \"/b\"; user = \"root\""),
        ("pylvmbackup --user /b", "user = \"/b\""),
        ("mylvmbackup --VgName=vg0 --lvn=x", "logical-volume = \"vg0/x\""),
        ("mylvmbackup --skip-flush-tables", "skip-flush-tables = true"),
    ])
    func `joined, shortened and unknown options keep the others' values`(line: String, expected: String) throws {
        let imported = try ImportedConfiguration(commandLine: line.split(separator: " ").map(String.init))
        #expect(lines(imported).joined(separator: "; ") == expected, "\(imported.text)")
        try check(imported)
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
