/// Reports of LVM 2.03.16 with every column that is asked for, as far as a test does not say otherwise.
enum Reported {
    static func volumes(_ rows: [String: String]...) -> String { volumes(rows) }

    static func volumes(_ rows: [[String: String]]) -> String { report("lv", rows, volume) }

    static func group(_ row: [String: String] = [:]) -> String { report("vg", [row], group) }

    private static let volume = [
        "lv_uuid": "u", "lv_name": "mysql", "vg_name": "vg0", "lv_size": "314572800", "lv_attr": "-wi-ao----",
        "lv_tags": "", "origin": "", "pool_lv": "", "data_percent": "", "metadata_percent": "", "lv_metadata_size": "",
        "lv_profile": "", "vg_profile": "", "lv_snapshot_invalid": "unknown", "lv_kernel_major": "254",
        "lv_kernel_minor": "0", "segtype": "linear", "lv_merging": "", "lv_check_needed": "unknown",
        "lv_time": "1764300000",
    ]

    private static let group = [
        "vg_name": "vg0", "vg_extent_size": "4194304", "vg_free_count": "78", "vg_attr": "wz--n-",
        "vg_missing_pv_count": "0", "vg_lock_type": "",
    ]

    private static func report(_ kind: String, _ rows: [[String: String]], _ usual: [String: String]) -> String {
        let lines = rows.map { row in
            let fields = usual.merging(row) { $1 }.sorted { $0.key < $1.key }
            return "{" + fields.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ", ") + "}"
        }
        return "{\"report\": [{\"\(kind)\": [\(lines.joined(separator: ","))]}]}"
    }
}
