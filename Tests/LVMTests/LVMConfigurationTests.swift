import Host
import Lifecycle
import Testing

@testable import LVM

/// The settings of `lvm.conf` must not change an answer, and an answer of another form must not be accepted.
struct LVMConfigurationTests {
    private static let commands = ["lvs", "vgs", "lvcreate", "lvremove", "lvchange", "lvextend", "vgmknodes"]

    @Test(arguments: commands) func `every LVM command is called with our configuration`(name: String) {
        let command = LVMTools.command(name, ["-y"])
        #expect(command.arguments == ["--config", LVMConfiguration.fixed, "-y"])
    }

    @Test(arguments: ["dmsetup", "lvm"]) func `a command that takes no configuration gets none`(name: String) {
        #expect(LVMTools.command(name, ["x"]).arguments == ["x"])
    }

    /// lvm.conf(5): the sections log and report, and what of others changes output or effect.
    @Test(arguments: [
        "report_command_log", "verbose", "silent", "indent", "command_names", "prefix", "output_format",
        "compact_output", "compact_output_cols", "buffered", "headings", "list_item_separator", "prefixes", "quoted",
        "columns_as_rows", "binary_values_as_numeric", "mark_hidden_devices", "two_word_unknown_device", "lvs_sort",
        "vgs_sort", "time_format", "test", "units", "suffix", "wait_for_locks", "dir", "record_lvs_history",
    ])
    func `a setting that changes what a command prints or does is fixed`(name: String) {
        #expect(LVMConfiguration.fixed.contains(" \(name)=") || LVMConfiguration.fixed.contains("{\(name)="))
        #expect(LVMConfiguration.activating(in: "vg0").hasPrefix(LVMConfiguration.fixed))
        #expect(LVMConfiguration.withoutCopies.hasPrefix(LVMConfiguration.fixed))
    }

    @Test func `the command for records and people removes where LVM logs its commands or only tests`() {
        let words = SnapshotRemoval.command("lv_uuid=u")
        #expect(words == ["lvremove", "--config", "log{report_command_log=0} global{test=0}", "-y", "-S", "lv_uuid=u"])
    }

    @Test func `a host's list of volumes to activate does not keep the snapshot back`() {
        let configuration = LVMConfiguration.activating(in: "vg-0")
        #expect(configuration.hasSuffix(#"activation{volume_list=["vg-0"] read_only_volume_list=[]}"#))
    }
}

struct LVMSettingsTests {
    private static let names = ["global/test", "backup/archive_dir", "log/prefix"]

    @Test(arguments: ["test=1\narchive_dir=\"/a b\"\n", "\ttest = 1\n\tarchive_dir = \"/a b\"\n"])
    func `settings are read as lvmconfig writes them`(output: String) throws {
        let settings = try LVMSettings(output, Self.names)
        #expect(settings["global/test"] == "1")
        #expect(settings.path("backup/archive_dir") == "/a b")
        #expect(settings["log/prefix"] == nil)
    }

    @Test(arguments: ["nonsense\n", "other=1\n", "global {\n"]) func `another answer is refused`(output: String) {
        #expect(throws: LVMError.unreadableReport(command: "lvmconfig", text: output)) {
            try LVMSettings(output, Self.names)
        }
    }
}

struct StrictReportTests {
    private static let rest = #""lv_name":"n","vg_name":"g","lv_size":"1","lv_attr":"-wi","segtype":"linear""#

    @Test(arguments: [
        "", "oops", "{}", "[]", "null", #"{"report":[]}"#, #"{"report":[{}]}"#, #"{"report":[{"vg":[]}]}"#,
        #"{"report":[{"lv":[{"lv_uuid":{}}]}]}"#, #"lvs  {"report":[{"lv":[]}]}"#, #"{"report":[{"lv":[]}]} x"#,
    ])
    func `another form is no report, and is told`(answer: String) throws {
        let error = LVMError.unreadableReport(command: "lvs", text: answer)
        #expect(throws: error) { try Report.rows(Array(answer.utf8), ["lv_uuid"], from: "lvs") }
    }

    @Test(arguments: [
        ("lv_uuid", ""), ("lv_size", "1.00g"), ("lv_size", ""), ("lv_attr", ""), ("segtype", ""),
        ("data_percent", "12,5"), ("metadata_percent", "x"), ("lv_metadata_size", "4m"),
    ])
    func `a value of another form is refused with its column`(column: String, value: String) throws {
        let error = try #require(throws: LVMError.self) { try Recorded.volume(Reported.volumes([column: value])) }
        #expect(error.failure.message.hasPrefix("\"lvs\" did not answer with a report, but with \"\(column): "))
    }

    @Test func `a column that is missing is told`() throws {
        let error = try #require(throws: LVMError.self) {
            try Recorded.volume(Reported.volumes([:]).replacing("\"lv_tags\":\"\", ", with: ""))
        }
        #expect(error == .unreadableReport(command: "lvs", text: "lv_tags: no such column"))
    }

    @Test func `a long answer is cut, and shown without control characters`() {
        let text = "\u{1b}[31m\n" + String(repeating: "x", count: 300)
        let message = LVMError.unreadableReport(command: "lvs", text: text).failure.message
        #expect(message.contains(#"\u{1B}[31m\n"#) || message.contains(#"\u{001B}[31m\n"#))
        #expect(message.count < 300)
        #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test func `hidden volumes have their names without brackets`() throws {
        let volume = try Recorded.volume(Reported.volumes(["lv_name": "[pool_tdata]", "pool_lv": "[p]"]))
        #expect(volume.name == "pool_tdata")
        #expect(volume.pool == "p")
    }
}
