import Testing

@testable import MySQL

@Suite struct RecordedSettingsTests {
    private func variables(_ values: [String: String], outside: [String] = ["/ssd/undo"], at place: String = "/new")
        throws -> [String: String]
    {
        try RecordedSettings(datadir: "/var/lib/mysql", outside: outside, values: values).variables(at: place).values
    }

    @Test func `settings of the data's format come back with the data directory`() throws {
        let values = ["innodb_page_size": "65536", "lower_case_table_names": "1"]
        #expect(try variables(values) == values.merging(["datadir": "/new"]) { $1 })
    }

    @Test(arguments: [
        ("innodb_undo_directory", "/var/lib/mysql/undo", "/new/undo"),
        ("innodb_undo_directory", "./", "./"),
        ("innodb_undo_directory", "/ssd/undo", "/ssd/undo"),
        ("innodb_data_home_dir", "", ""),
        ("innodb_data_file_path", "ibd1:10M;ibd2:10M:autoextend", "ibd1:10M;ibd2:10M:autoextend"),
        ("innodb_data_file_path", "/var/lib/mysql/a:10M:autoextend", "/new/a:10M:autoextend"),
        ("log_bin_basename", "/var/lib/mysql/binlog", "/new/binlog"),
        ("innodb_directories", "/ssd/undo;/var/lib/mysql", "/ssd/undo;/new"),
        ("innodb_directories", "/ssd", "/ssd/undo"), ("innodb_directories", "/elsewhere;/ssd/undo/a", "/ssd/undo/a"),
    ])
    func `a path moves with the data directory`(name: String, recorded: String, own: String) throws {
        #expect(try variables([name: recorded])[name] == own)
    }

    @Test(arguments: [
        ("innodb_undo_directory", "/etc"), ("innodb_data_home_dir", "/var/lib/mysql-live"),
        ("innodb_data_file_path", "ibdata1:10M;/var/lib/other/ibdata1:10M"),
        ("innodb_data_file_path", "../other/ibdata1:10M"), ("aria_log_dir_path", "/ssd"),
    ])
    func `a path that leads out of the set is refused`(name: String, path: String) {
        #expect(throws: MySQLError.self) { try variables([name: path]) }
    }

    /// MySQL would find tablespaces of other servers there.
    @Test(arguments: ["/etc", "/var/lib/other;/var/lib/mysql-live", "/var/lib/mysql/../other"])
    func `directories without data of the set are not searched for tablespaces`(list: String) throws {
        #expect(try variables(["innodb_directories": list]) == ["datadir": "/new"])
    }

    /// The set may come from anywhere: none of its settings reaches programs, networks or other files.
    @Test(arguments: [
        "basedir", "plugin_dir", "lc_messages_dir", "init_file", "plugin_load_add", "socket", "port", "wsrep_provider",
        "hashicorp_key_management_token", "secure_file_priv", "tmpdir", "log_error", "user",
    ])
    func `a setting that no data needs is left out`(name: String) throws {
        #expect(try variables([name: "/evil"]) == ["datadir": "/new"])
    }

    @Test func `a set records settings of the data, and no secrets`() {
        let live = [
            "innodb_page_size": "16384", "hashicorp_key_management_token": "secret", "version": "10.11",
            "file_key_management_filekey": "secret", "innodb_undo_directory": "", "innodb_data_home_dir": "",
        ]
        let recorded = RecordedSettings.of(ServerVariables(live))
        #expect(recorded == ["innodb_page_size": "16384", "innodb_data_home_dir": ""])
    }

    @Test(arguments: ["/logs/binlog", "../../elsewhere/binlog"])
    func `a binary log that is not in the set is left out, and the other settings stay`(path: String) throws {
        let recorded = ["log_bin": "ON", "log_bin_basename": path, "log_bin_index": path + ".index"]
        let values = try variables(recorded.merging(["innodb_page_size": "16384"]) { $1 })
        #expect(recorded.keys.allSatisfy { values[$0] == nil })
        #expect(values["innodb_page_size"] == "16384")
        let inside = try variables(["log_bin": "ON", "log_bin_basename": "/var/lib/mysql/binlog"])
        #expect(inside["log_bin"] == "ON")
    }

    @Test func `libraries are names in the server's own directory`() {
        let names = ["ha_rocksdb.so", "../evil.so", "/tmp/evil.so", "evil", "a;b.so", "provider_lz4.so"]
        #expect(RecordedSettings.libraries(names) == ["ha_rocksdb.so", "provider_lz4.so"])
    }
}
