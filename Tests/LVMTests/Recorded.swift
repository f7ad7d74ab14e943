@testable import LVM

/// Reports as LVM 2.03.16 wrote them: a thick snapshot that has overflowed, a thin one, and their group.
enum Recorded {
    static let origin = #"""
        {"report": [{"lv": [{"lv_uuid": "YrV4Zh-rMLU-JXtC-JM9Z-P3m1-9kAe-YQgn3E", "lv_name": "mysql",
        "vg_name": "vg0", "lv_size": "314572800", "lv_attr": "owi-a-s---", "lv_tags": "", "origin": "",
        "pool_lv": "", "data_percent": "", "metadata_percent": "", "lv_snapshot_invalid": "unknown",
        "lv_metadata_size": "", "lv_profile": "", "vg_profile": "", "lv_merging": "", "lv_check_needed": "unknown",
        "lv_kernel_major": "254", "lv_kernel_minor": "0", "segtype": "linear"}]}]}
        """#

    static let overflowed = #"""
        {"report": [{"lv": [{"lv_uuid": "N3jqDv-WMuz-rxYK-o0YN-I7Ce-AaA8-p2B4u8",
        "lv_name": "mysql_snapshot-7f3a", "vg_name": "vg0", "lv_size": "20971520", "lv_attr": "swi-I-s---",
        "lv_tags": "lvmbackup,lvmbackup_active,lvmbackup_run=20261122T101502Z-7f3a", "origin": "mysql",
        "pool_lv": "", "data_percent": "100.00", "metadata_percent": "",
        "lv_metadata_size": "", "lv_profile": "", "vg_profile": "", "lv_merging": "", "lv_check_needed": "unknown",
        "lv_snapshot_invalid": "snapshot invalid", "lv_kernel_major": "254", "lv_kernel_minor": "8",
        "segtype": "linear"}]}]}
        """#

    static let pool = #"""
        {"report": [{"lv": [{"lv_uuid": "I7ThAh-LapK-mQw1-4T3S-6kMa-1Cf4-NMi7ih", "lv_name": "pool",
        "vg_name": "vg0", "lv_size": "419430400", "lv_attr": "twi-aotz--", "lv_tags": "", "origin": "",
        "pool_lv": "", "data_percent": "0.00", "metadata_percent": "10.94", "lv_metadata_size": "4194304",
        "lv_merging": "", "lv_check_needed": "", "lv_profile": "", "vg_profile": "thin-generic",
        "lv_snapshot_invalid": "unknown",
        "lv_kernel_major": "254", "lv_kernel_minor": "3", "segtype": "thin-pool"}]}]}
        """#

    static let thinSnapshot = #"""
        {"report": [{"lv": [{"lv_uuid": "zfsEnG-K8vv-A6KN-2JHz-nPRa-vtak-LkiZBH",
        "lv_name": "tmysql_snapshot-7f3a", "vg_name": "vg0", "lv_size": "314572800", "lv_attr": "Vwi-a-tz-k",
        "lv_tags": "lvmbackup,lvmbackup_active,lvmbackup_run=20261122T101502Z-7f3a", "origin": "tmysql",
        "lv_metadata_size": "", "lv_profile": "", "vg_profile": "", "lv_merging": "", "lv_check_needed": "unknown",
        "pool_lv": "pool", "data_percent": "0.00", "metadata_percent": "", "lv_snapshot_invalid": "unknown",
        "lv_kernel_major": "254", "lv_kernel_minor": "9", "segtype": "thin"}]}]}
        """#

    static let group = #"""
        {"report": [{"vg": [{"vg_name": "vg0", "vg_uuid": "jiiDoK-A7JZ-9niW-LZpA-UM4l-CKDR-mvkDiM",
        "vg_attr": "wz--n-", "vg_missing_pv_count": "0", "vg_lock_type": "",
        "vg_extent_size": "4194304", "vg_free": "327155712", "vg_free_count": "78", "vg_size": "1069547520"}]}]}
        """#

    /// A snapshot in the format `json_std`, as LVM 2.03.31 wrote it: with numbers, lists and nulls.
    static let standardJSON = #"""
        {"report": [{"lv": [{"lv_uuid":"FGZoFg-neuB-bY3a-8exF-mqvj-Ahaj-KgPs2F", "lv_name":"s1", "vg_name":"vg0",
        "lv_size":"8388608", "lv_attr":"swi-a-s---", "lv_tags":["lvmbackup","lvmbackup_run=r1"], "origin":"mysql",
        "pool_lv":"", "data_percent":12.50, "metadata_percent":null, "lv_metadata_size":"", "lv_profile":"",
        "vg_profile":"", "lv_snapshot_invalid":0, "lv_kernel_major":254, "lv_kernel_minor":8, "segtype":"linear",
        "lv_merging":0, "lv_check_needed":-1}]}]}
        """#

    /// Its volume.
    static func volume(_ json: String) throws(LVMError) -> LogicalVolume {
        try LogicalVolume(try Report.rows(Array(json.utf8), LogicalVolume.columns, from: "lvs")[0])
    }

    static let empty = #"{"report":[{"lv":[]}]}"#
}
