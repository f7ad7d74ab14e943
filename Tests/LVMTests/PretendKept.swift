import Host
import Synchronization

@testable import LVM

/// A group with the volume mysql and the kept snapshot "mysql_snapshot-7f3a" of run r1, as LVM's commands show and change it.
final class PretendKept: Sendable {
    typealias Row = [String: String]

    let script = CommandScript()
    private let rows: Rows

    /// By itself, so that the script's answers do not keep the script.
    private final class Rows: Sendable {
        let all: Mutex<[Row]>

        init(_ all: [Row]) { self.all = Mutex(all) }
    }

    static let set = KeptSnapshot(
        name: "vg0/mysql_snapshot-7f3a",
        uuid: "uuid-kept",
        run: "r1",
        host: "db1",
        made: 1_764_300_002...1_764_300_002
    )
    static let here = Identity(host: "db1", machine: "m1", boot: "b2", pidNamespace: 1, pid: 7, startTime: 7)

    /// - Parameters:
    ///   - kept: columns of the snapshot that differ from those of a valid thick one.
    ///   - origin: columns of the volume.
    ///   - others: further volumes.
    init(isThin: Bool = false, kept: Row = [:], origin: Row = [:], others: [Row] = []) {
        let segment = isThin ? ["segtype": "thin", "pool_lv": "pool"] : [:]
        let snapshot = Self.snapshot(isThin: isThin).merging(segment) { $1 }.merging(kept) { $1 }
        let volume = ["lv_uuid": "uuid-mysql", "lv_attr": isThin ? "Vwi-a-tz--" : "owi-a-s---"]
        let pool = [
            "lv_uuid": "uuid-pool", "lv_name": "pool", "lv_attr": "twi-aotz--", "segtype": "thin-pool",
            "data_percent": "10.00", "metadata_percent": "10.00", "lv_metadata_size": "4194304",
        ]
        let base = volume.merging(segment) { $1 }.merging(origin) { $1 }
        rows = Rows([base, snapshot] + (isThin ? [pool] : []) + others)
        answer()
    }

    private static func snapshot(isThin: Bool) -> Row {
        [
            "lv_uuid": "uuid-kept", "lv_name": "mysql_snapshot-7f3a", "origin": "mysql", "lv_size": "104857600",
            "lv_attr": isThin ? "Vwi---tz-k" : "swi-a-s---", "data_percent": isThin ? "" : "50.00",
            "lv_tags": tags().joined(separator: ","), "lv_kernel_major": isThin ? "-1" : "254",
            "lv_kernel_minor": isThin ? "-1" : "3", "lv_snapshot_invalid": "",
        ]
    }

    /// The tags of the kept snapshot, changed as told.
    static func tags(
        run: String = "r1",
        isActive: Bool = false,
        _ change: (inout Identity) -> Void = { _ in }
    ) -> [String] {
        var maker = here
        maker.boot = "b1"
        change(&maker)
        let all = RunTags(run: run, identity: maker, origin: "vg0/mysql").all
        return isActive ? all : all.map { $0 == RunTags.active ? RunTags.kept : $0 }
    }

    private func answer() {
        script.on("lvs") { [rows] command in Self.report(rows.all.withLock { $0.filter { Self.matches($0, command) } })
        }
        script.on("vgs", say: Reported.group())
        script.on("dmsetup", "info", say: "")
        script.on("lvconvert") { [rows] _ in
            rows.all.withLock { $0.removeAll { $0["lv_uuid"] == "uuid-kept" } }
            return CommandResult()
        }
    }

    /// The commands that change something, without their configuration.
    var changes: [[String]] {
        script.asked.filter { !["lvs", "vgs", "dmsetup"].contains($0.executable) }
            .map { [$0.executable] + $0.arguments.dropFirst(2) }
    }

    private static func report(_ rows: [Row]) -> CommandResult {
        CommandResult(standardOutput: Array(Reported.volumes(rows).utf8))
    }

    /// As far as these tests ask.
    private static func matches(_ row: Row, _ command: Command) -> Bool {
        guard let at = command.arguments.firstIndex(of: "-S") else { return true }
        if row["foreign"] != nil, !command.arguments.contains("--foreign") { return false }
        let selection = command.arguments[at + 1]
        if selection.hasPrefix("lv_uuid=") { return row["lv_uuid"] == String(selection.dropFirst(8)) }
        if selection.hasPrefix("vg_name=") { return selection.hasSuffix("lv_name=\(row["lv_name"] ?? "mysql")") }
        let tags = (row["lv_tags"] ?? "").split(separator: ",").map(String.init)
        return tags.contains(RunTags.ours)
    }
}
