/// Settings of `lvm.conf` that every LVM command of ours overrides, because they change its output or its work.
///
/// Measured with LVM 2.03.16: `command_names` puts a name before each line of JSON. `prefixes` breaks its quotes.
/// `compact_output` leaves columns out. An unknown column in `lvs_sort` ends the report. With `report_command_log`
/// every command with a selection dies of SIGSEGV.
enum LVMConfiguration {
    /// For `--config`.
    static let fixed = [
        #"log{report_command_log=0 verbose=0 silent=0 indent=0 command_names=0 prefix="  "}"#,
        #"report{output_format="basic" compact_output=0 compact_output_cols="" buffered=1 headings=1"#,
        #"list_item_separator="," prefixes=0 quoted=1 columns_as_rows=0 binary_values_as_numeric=0"#,
        #"mark_hidden_devices=0 two_word_unknown_device=0 lvs_sort="vg_name,lv_name" vgs_sort="vg_name""#,
        #"time_format="%s"}"#,
        #"global{test=0 units="b" suffix=0 wait_for_locks=1} devices{dir="/dev"} metadata{record_lvs_history=0}"#,
    ].joined(separator: " ")

    /// The settings on which the exit status of a command that changes a volume depends.
    ///
    /// Short, because people type it as a repair.
    static let essential = "log{report_command_log=0} global{test=0}"

    /// For a removal that has failed: without the copies of the metadata, whose directory may be full.
    static let withoutCopies = fixed + " backup{archive=0 backup=0}"

    /// For commands that activate a snapshot in a group: its origin is active, so the host's lists may not forbid it.
    static func activating(in group: String) -> String {
        fixed + #" activation{volume_list=["\#(group)"] read_only_volume_list=[]}"#
    }

    /// Settings that the prepared `lvm` shell needs as they are: `--config` on its line is refused for some of them,
    /// and makes it initialise itself again (measured).
    static let neededByShell: [String: String] = [
        "log/report_command_log": "0", "log/silent": "0", "log/verbose": "0", "global/test": "0",
        "global/wait_for_locks": "1", "devices/dir": "\"/dev\"",
    ]

    /// Settings that the prepared shell needs to be unset: a list that lacks the snapshot keeps it from being activated.
    static let unsetForShell = ["activation/read_only_volume_list", "activation/volume_list"]
}
