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

    var names: [String] { rows.all.withLock { $0.map(\.name) } }

    var removals: [[String]] { script.asked.filter { $0.executable == "lvremove" }.map(\.arguments) }

    /// What dmsetup was asked to resume.
    var resumed: [String] {
        script.asked.map(\.arguments).filter { $0.first == "resume" }.flatMap { $0.dropFirst() }
    }

    /// As far as these tests ask: every tag of `lv_tags={a && b}` is there.
    private static func matches(_ selection: String, _ tags: [String]) -> Bool {
        let list = selection.split(separator: "{").last?.split(separator: "}").first ?? ""
        let wanted = list.split(separator: "&").map { $0.filter { $0 != " " } }
        return wanted.allSatisfy(tags.contains)
    }

    private static func report(_ rows: [String]) -> CommandResult {
        let json = rows.joined(separator: ",")
        return CommandResult(standardOutput: Array(#"{"report":[{"lv":[\#(json)]}]}"#.utf8))
    }

    private static let origin = """
        {"lv_uuid":"u","lv_name":"mysql","vg_name":"vg0","lv_size":"1","lv_attr":"owi-aos---",
        "lv_tags":"","origin":"","segtype":"linear"}
        """

    private static func row(name: String, tags: [String]) -> String {
        """
        {"lv_uuid":"uuid-\(name)","lv_name":"\(name)","vg_name":"vg0","lv_size":"1","lv_attr":"swi-a-s---",
        "lv_tags":"\(tags.joined(separator: ","))","origin":"mysql","segtype":"linear"}
        """
    }
}
