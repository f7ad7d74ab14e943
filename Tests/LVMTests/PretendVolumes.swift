import Conformance
import Glibc
import Host
import Lifecycle
import Storage
import Synchronization
import TestSupport

@testable import LVM

/// A group with the volume mysql, on which this process has a data file open; LVM's commands show and change it.
final class PretendVolumes: StorageFixture {
    typealias Row = [String: String]

    private let directory: ScratchDirectory
    private let script = CommandScript()
    private let dataFile: Int32
    private let rows: Rows

    /// By itself, so that the script's answers do not keep the script.
    private final class Rows: Sendable {
        let all = Mutex<[Row]>([["lv_uuid": "uuid-mysql", "lv_name": "mysql", "lv_attr": "owi-aos---"]])
    }

    init() throws {
        directory = try ScratchDirectory()
        rows = Rows()
        mkdir(directory.path + "/data", 0o700)
        dataFile = open(directory.path + "/data/ibdata1", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        answer()
    }

    deinit { close(dataFile) }

    // MARK: The fixture

    var scratch: String { directory.path }
    let canMount = false

    var server: Server {
        get throws {
            let here = try Identity.current()
            let file = directory.path + "/data/ibdata1"
            let process = ServerProcess(pid: here.pid, startTime: here.startTime, openFiles: [file])
            return Server(flavour: "x", version: "1", datadir: directory.path + "/data", process: process)
        }
    }

    func makeStorage() -> any SnapshotStorage { LVMStorage(tools: LVMTools(script.commands), usesShell: false) }

    func snapshots() -> [String] {
        rows.all.withLock { $0.filter { $0["origin"] != nil }.map { "vg0/" + ($0["lv_name"] ?? "") } }
    }

    func leaveSnapshot(of run: String, by identity: Identity) {
        let tags = RunTags(run: run, identity: identity, origin: "vg0/mysql").all
        rows.all.withLock { $0.append(Self.snapshot("snapshot-of-\(run)", tags)) }
    }

    func lose(_ snapshot: String) { rows.all.withLock { $0.removeAll { "vg0/" + ($0["lv_name"] ?? "") == snapshot } } }

    func execute(_ words: [String]) async throws {
        let command = Command(words[0], Array(words.dropFirst()))
        try await script.commands.run(command).checked(command)
    }

    func write(_ text: String) throws -> String { throw Disagreement("nothing can be mounted here") }

    // MARK: LVM's commands

    private func answer() {
        script.on("vgs", say: Reported.group())
        script.on("dmsetup", "info", say: "")
        script.on("lvs") { [rows] command in
            let found = rows.all.withLock { $0.filter { Self.matches($0, Self.value(of: "-S", command) ?? "") } }
            return CommandResult(standardOutput: Array(Reported.volumes(found).utf8))
        }
        script.on("lvcreate") { [rows] command in
            guard !command.arguments.contains("--test") else { return CommandResult() }
            let words = command.arguments
            let tags = zip(words, words.dropFirst()).filter { $0.0 == "--addtag" }.map(\.1)
            let name = Self.value(of: "-n", command) ?? ""
            rows.all.withLock { $0.append(Self.snapshot(name, tags)) }
            return CommandResult()
        }
        script.on("lvchange") { [rows] command in
            let (added, removed) = (Self.value(of: "--addtag", command), Self.value(of: "--deltag", command))
            let selection = Self.value(of: "-S", command) ?? ""
            rows.all.withLock { rows in
                for index in rows.indices where Self.matches(rows[index], selection) {
                    let tags = Self.tags(rows[index]).filter { $0 != removed } + [added].compactMap(\.self)
                    rows[index]["lv_tags"] = tags.joined(separator: ",")
                }
            }
            return CommandResult()
        }
        script.on("lvremove") { [rows] command in
            let selection = Self.value(of: "-S", command) ?? command.arguments.last ?? ""
            rows.all.withLock { $0.removeAll { Self.matches($0, selection) } }
            return CommandResult()
        }
    }

    private static func snapshot(_ name: String, _ tags: [String]) -> Row {
        [
            "lv_uuid": "uuid-\(name)", "lv_name": name, "lv_attr": "swi-a-s---", "origin": "mysql",
            "lv_tags": tags.joined(separator: ","), "data_percent": "0.00", "lv_snapshot_invalid": "",
            "lv_kernel_major": "-1", "lv_kernel_minor": "-1",
        ]
    }

    private static func value(of option: String, _ command: Command) -> String? {
        guard let index = command.arguments.firstIndex(of: option) else { return nil }
        return command.arguments.dropFirst(index + 1).first
    }

    private static func tags(_ row: Row) -> [String] { (row["lv_tags"] ?? "").split(separator: ",").map(String.init) }

    /// As far as the storage asks; every device is on the one volume.
    private static func matches(_ row: Row, _ selection: String) -> Bool {
        if selection.hasPrefix("@") { return tags(row).contains(String(selection.dropFirst())) }
        if selection.contains("lv_kernel_major") { return row["origin"] == nil }
        return selection.split(separator: "&").map { $0.filter { !" {}".contains($0) } }.filter { !$0.isEmpty }
            .allSatisfy { word in
                let parts = word.replacing("lv_tags=", with: "").split(separator: "=", maxSplits: 1).map(String.init)
                switch parts[0] {
                case "vg_name": return parts[1] == "vg0"
                case "lv_name", "lv_uuid": return row[parts[0]] == parts[1]
                default: return tags(row).contains(parts.joined(separator: "="))
                }
            }
    }
}
