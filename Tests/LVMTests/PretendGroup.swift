import Host
import Synchronization

@testable import LVM

/// A group with the volume mysql, suspended, and snapshots: `lvs` lists them, `lvremove` takes those with a tag away.
final class PretendGroup: Sendable {
    let script = CommandScript()
    let mapper = PretendMapper(
        [("vg0-mysql", ["sda"]), ("vg0-other", ["sda"]), ("vg0-pool", ["sda"])],
        suspended: ["vg0-mysql", "vg0-other"]
    )
    private let rows: Rows

    /// By itself, so that the script's answers don't keep the script.
    private final class Rows: Sendable {
        let all: Mutex<[(name: String, tags: [String])]>

        init(_ all: [(name: String, tags: [String])]) { self.all = Mutex(all) }
    }

    init(_ rows: [(name: String, tags: [String])]) {
        let rows = Rows(rows)
        self.rows = rows
        script.on("lvs") { command in
            let selection = command.arguments.last ?? ""
            if selection == "vg_name=vg0 && lv_name=mysql" { return Self.report([Self.origin]) }
            let found = rows.all.withLock { $0.filter { Self.matches(selection, $0.tags) } }
            return Self.report(found.map(Self.row))
        }
        mapper.answer(script)
        letRemove()
    }

    /// From now on lvremove does its work and is killed then.
    func endsAbruptly() { letRemove(ending: .signalled(9)) }

    /// - Parameter meanwhile: happens when the snapshot is gone already.
    func letRemove(ending: CommandResult.Status = .exited(0), _ meanwhile: @escaping @Sendable () throws -> Void = {}) {
        script.on("lvremove") { [rows] command in
            let selection = command.arguments.last ?? ""
            rows.all.withLock { $0.removeAll { Self.matches(selection, $0.tags) } }
            try meanwhile()
            return CommandResult(status: ending)
        }
    }

    /// From now on an lvremove with a selection removes nothing.
    func letSelectionFail(_ status: CommandResult.Status) {
        script.on("lvremove") { [rows] command in
            guard !command.arguments.contains("-S") else { return CommandResult(status: status) }
            rows.all.withLock { $0.removeAll { Self.matches(command.arguments.last ?? "", $0.tags) } }
            return CommandResult()
        }
    }

    var names: [String] { rows.all.withLock { $0.map(\.name) } }

    /// The arguments of lvremove, without its configuration.
    var removals: [[String]] {
        script.asked.filter { $0.executable == "lvremove" }.map { Array($0.arguments.dropFirst(2)) }
    }

    /// The devices that dmsetup had to resume.
    var resumed: [String] {
        script.asked.map(\.arguments).filter { $0.first == "resume" }.flatMap { $0.dropFirst() }
    }

    /// As far as these tests ask: every tag of `lv_tags={a && b}` is there.
    private static func matches(_ selection: String, _ tags: [String]) -> Bool {
        if selection.hasPrefix("@") { return tags.contains(String(selection.dropFirst())) }
        let list = selection.split(separator: "{").last?.split(separator: "}").first ?? ""
        let wanted = list.split(separator: "&").map { $0.filter { $0 != " " } }
        return wanted.allSatisfy(tags.contains)
    }

    private static func report(_ rows: [[String: String]]) -> CommandResult {
        CommandResult(standardOutput: Array(Reported.volumes(rows).utf8))
    }

    private static let origin = ["lv_attr": "owi-aos---"]

    private static func row(name: String, tags: [String]) -> [String: String] {
        [
            "lv_uuid": "uuid-\(name)", "lv_name": name, "lv_attr": "swi-a-s---",
            "lv_tags": tags.joined(separator: ","), "origin": "mysql",
        ]
    }
}
